/** Where the clipboard is closed to the page, what is to be copied is selected instead. @returns whether it was copied */
export async function copyOrSelect(text: string, field: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(field);
    return false;
  }
}

/**
 * The payload, from what the page put into the element: JSON in a script, the property `payload`, and form controls by their names, where
 * the later of these counts.
 */
import type { EdgeNetTask } from './task-element.js';

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What cannot be read; `field` is '' for the script. */
export class UnreadableField extends Error {
  constructor(readonly field: string) {
    super(`The field ${field || 'payload'} is not valid JSON.`);
  }
}

/** The controls that make up the payload. */
export function controlsOf(host: EdgeNetTask): readonly Control[] {
  return [...host.querySelectorAll<Control>('input[name], select[name], textarea[name]')].filter(({ name, disabled }) => name !== '' && !disabled);
}

/** Whether something is missing that the visitor is to fill in. */
export function isIncomplete(host: EdgeNetTask): boolean {
  return controlsOf(host).some((control) => !control.validity.valid || (control.value.trim() === '' && !control.hasAttribute('data-optional')));
}

/** @throws UnreadableField */
export async function payloadOf(host: EdgeNetTask): Promise<unknown> {
  const script = host.querySelector('script[type="application/json"][slot="payload"]')?.textContent ?? '';
  const written = script.trim() ? parse(script, '') : undefined;
  const controls = controlsOf(host);
  const { payload } = host;
  if (controls.length === 0) return payload ?? written;
  const fields: Record<string, unknown> = {};
  for (const control of controls) {
    const value = await valueOf(control);
    if (value !== undefined) fields[control.name] = value;
  }
  return { ...(isObject(written) ? written : {}), ...(isObject(payload) ? payload : {}), ...fields };
}

/** Undefined for an empty control, whose field is left out. */
async function valueOf(control: Control): Promise<unknown> {
  if (control instanceof HTMLInputElement) {
    if (control.type === 'checkbox') return control.checked;
    if (control.type === 'radio') return control.checked ? control.value : undefined;
    if (control.type === 'file') return control.files?.[0] && new Uint8Array(await control.files[0].arrayBuffer());
  }
  const text = control.value;
  if (text.trim() === '') return undefined;
  const type = control.dataset['type'] ?? (['number', 'range'].includes(control.type) ? 'number' : 'text');
  if (type === 'lines') return text.split('\n').map((line) => line.trim()).filter(Boolean);
  if (type === 'number') return Number(text);
  return type === 'json' ? parse(text, control.name) : text;
}

function parse(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableField(field);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deletes what the package keeps in this browser. All of it is named `edge-net…`. */
const PREFIX = 'edge-net';

export async function forgetStores(): Promise<void> {
  await Promise.allSettled([forgetDatabases(), forgetCaches()]);
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {}
}

async function forgetDatabases(): Promise<void> {
  const databases = await indexedDB.databases();
  await Promise.all(databases.filter(({ name }) => name?.startsWith(PREFIX)).map(({ name }) => deleted(name!)));
}

/** Another tab may hold the database open; the deletion then takes place when that tab lets go. */
function deleted(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}

async function forgetCaches(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => caches.delete(name)));
}

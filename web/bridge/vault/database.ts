// SPDX-License-Identifier: AGPL-3.0-or-later
// IndexedDB as promises: what is asked of it here fits on a page, and a page that people wait for on a slow line should not carry more.

export function opened(name: string, stores: readonly string[]): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const store of stores) request.result.createObjectStore(store);
  };
  return done(request);
}

export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error ?? new Error("IndexedDB"));
  });
}

/** The transaction is through, and on the disk if it was strict. Await this, not the requests that only write. */
export function through(transaction: IDBTransaction): Promise<void> {
  return new Promise((yes, no) => {
    transaction.oncomplete = () => yes();
    transaction.onabort = () => no(transaction.error ?? new Error("IndexedDB"));
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Drafts, the outbox and whatever else only this device keeps, in IndexedDB, sealed by the vault before it comes here:
// while the vault is locked this is noise. Each account has its own database; labels say what and where, never words.
import { done, opened, through } from "./database.ts";
import type { Bytes, Id } from "./types.ts";

const PREFIX = "hearken-local-";
const STORE = "sealed";

export class LocalStore {
  #opened: Promise<IDBDatabase> | undefined;

  constructor(private readonly account: Id) {}

  #database(): Promise<IDBDatabase> {
    this.#opened ??= opened(PREFIX + this.account, [STORE]);
    return this.#opened;
  }

  async #write(work: (store: IDBObjectStore) => void): Promise<void> {
    const write = (await this.#database()).transaction(STORE, "readwrite", { durability: "strict" });
    work(write.objectStore(STORE));
    await through(write);
  }

  async #read(): Promise<IDBObjectStore> {
    return (await this.#database()).transaction(STORE).objectStore(STORE);
  }

  /** On the disk when it returns: what somebody has written must survive a closed lid. */
  put(label: string, sealed: Bytes): Promise<void> {
    return this.#write((store) => store.put(sealed, label));
  }

  async get(label: string): Promise<Bytes | undefined> {
    return done<Bytes | undefined>((await this.#read()).get(label));
  }

  drop(label: string): Promise<void> {
    return this.#write((store) => store.delete(label));
  }

  async labels(start: string): Promise<string[]> {
    const range = IDBKeyRange.bound(start, `${start}\uffff`);
    return (await done((await this.#read()).getAllKeys(range))).map(String);
  }

  forget(): Promise<void> {
    return this.#write((store) => store.clear());
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) (await this.#opened).close();
    this.#opened = undefined;
  }
}

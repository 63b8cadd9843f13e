// SPDX-License-Identifier: AGPL-3.0-or-later
// Drafts, the outbox and whatever else only this device keeps, in IndexedDB, sealed by the vault before it comes here:
// while the vault is locked this is noise. Each account has its own database; labels say what and where, never words.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes, Id } from "./types.ts";

interface LocalSchema extends DBSchema {
  sealed: { key: string; value: Bytes };
}

const PREFIX = "hearken-local-";

export class LocalStore {
  #opened: Promise<IDBPDatabase<LocalSchema>> | undefined;

  constructor(private readonly account: Id) {}

  #database(): Promise<IDBPDatabase<LocalSchema>> {
    this.#opened ??= openDB<LocalSchema>(PREFIX + this.account, 1, {
      upgrade: (database) => void database.createObjectStore("sealed"),
    });
    return this.#opened;
  }

  /** On the disk when it returns: what somebody has written must survive a closed lid. */
  async put(label: string, sealed: Bytes): Promise<void> {
    const write = (await this.#database()).transaction("sealed", "readwrite", { durability: "strict" });
    await Promise.all([write.store.put(sealed, label), write.done]);
  }

  async get(label: string): Promise<Bytes | undefined> {
    return (await this.#database()).get("sealed", label);
  }

  async drop(label: string): Promise<void> {
    await (await this.#database()).delete("sealed", label);
  }

  async labels(start: string): Promise<string[]> {
    const range = IDBKeyRange.bound(start, `${start}\uffff`);
    return (await this.#database()).getAllKeys("sealed", range);
  }

  async forget(): Promise<void> {
    await (await this.#database()).clear("sealed");
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) (await this.#opened).close();
    this.#opened = undefined;
  }
}

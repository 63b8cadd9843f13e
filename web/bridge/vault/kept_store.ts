// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the words that a device keeps lie at rest: one database, sealed by the vault before they come here, found by account,
// conversation and name. Losing any of it costs only reading the conversation from its beginning.
import { done, opened, through } from "./database.ts";
import type { Bytes, Id } from "./types.ts";

/** What KeptWords needs of the place where things lie. */
export interface Shelf {
  all(conversation: Id): Promise<Map<string, Bytes>>;
  /**
   * All or nothing, in one step that no other tab can come between: `mine` looks at what lies under `name` now. Where it says no,
   * nothing is put and that is given back. fresh: what lay there of this conversation goes first.
   */
  put(conversation: Id, name: string, mine: (now: Bytes | undefined) => boolean, all: ReadonlyMap<string, Bytes>, fresh: boolean): Promise<Bytes | undefined | "put">;
  drop(conversation: Id): Promise<void>;
  conversations(): Promise<Set<Id>>;
  close(): Promise<void>;
}

const NAME = "hearken-kept";
const STORE = "sealed";
const AFTER_ALL = "\uffff";

/** The conversation and the name in a key, which is [account, conversation, name]. */
function partsOf(key: IDBValidKey): [Id, string] {
  return Array.isArray(key) ? [String(key[1]), String(key[2])] : ["", ""];
}

export class KeptStore implements Shelf {
  #opened: Promise<IDBDatabase> | undefined;

  constructor(private readonly account: Id) {}

  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#opened ??= opened(NAME, [STORE]);
    return (await this.#opened).transaction(STORE, mode, { durability: "relaxed" }).objectStore(STORE);
  }

  #of(conversation: Id): IDBKeyRange {
    return IDBKeyRange.bound([this.account, conversation, ""], [this.account, conversation, AFTER_ALL]);
  }

  async all(conversation: Id): Promise<Map<string, Bytes>> {
    const store = await this.#store("readonly");
    const range = this.#of(conversation);
    const [keys, values] = await Promise.all([done(store.getAllKeys(range)), done<Bytes[]>(store.getAll(range))]);
    return new Map(keys.flatMap((key, at) => (values[at] === undefined ? [] : [[partsOf(key)[1], values[at]]])));
  }

  async put(conversation: Id, name: string, mine: (now: Bytes | undefined) => boolean, all: ReadonlyMap<string, Bytes>, fresh: boolean): Promise<Bytes | undefined | "put"> {
    const store = await this.#store("readwrite");
    const now = await done<Bytes | undefined>(store.get([this.account, conversation, name]));
    if (!mine(now)) return now;
    if (fresh) store.delete(this.#of(conversation));
    for (const [each, sealed] of all) store.put(sealed, [this.account, conversation, each]);
    await through(store.transaction);
    return "put";
  }

  async drop(conversation: Id): Promise<void> {
    await done((await this.#store("readwrite")).delete(this.#of(conversation)));
  }

  async conversations(): Promise<Set<Id>> {
    const range = IDBKeyRange.bound([this.account, "", ""], [this.account, AFTER_ALL, AFTER_ALL]);
    const keys = await done((await this.#store("readonly")).getAllKeys(range));
    return new Set(keys.map((key) => partsOf(key)[0]));
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) (await this.#opened).close();
    this.#opened = undefined;
  }
}

/** Quick exit: of everybody. */
export async function forgetKept(): Promise<void> {
  const database = await opened(NAME, [STORE]);
  try {
    await done(database.transaction(STORE, "readwrite").objectStore(STORE).clear());
  } finally {
    database.close();
  }
}

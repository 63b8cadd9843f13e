// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the words that a device keeps lie at rest: one database, sealed by the vault before they come here, found by account,
// conversation and name. Losing any of it costs only reading the conversation from its beginning.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes, Id } from "./types.ts";

interface KeptSchema extends DBSchema {
  sealed: { key: [Id, Id, string]; value: Bytes };
}
type Database = IDBPDatabase<KeptSchema>;

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
const AFTER_ALL = "\uffff";

function open(): Promise<Database> {
  return openDB<KeptSchema>(NAME, 1, {
    upgrade: (database) => void database.createObjectStore("sealed"),
  });
}

export class KeptStore implements Shelf {
  #opened: Promise<Database> | undefined;

  constructor(private readonly account: Id) {}

  #database(): Promise<Database> {
    this.#opened ??= open();
    return this.#opened;
  }

  #of(conversation: Id): IDBKeyRange {
    return IDBKeyRange.bound([this.account, conversation, ""], [this.account, conversation, AFTER_ALL]);
  }

  async all(conversation: Id): Promise<Map<string, Bytes>> {
    const read = (await this.#database()).transaction("sealed");
    const range = this.#of(conversation);
    const [keys, values] = await Promise.all([read.store.getAllKeys(range), read.store.getAll(range)]);
    return new Map(keys.flatMap(([, , name], at) => (values[at] === undefined ? [] : [[name, values[at]]])));
  }

  async put(conversation: Id, name: string, mine: (now: Bytes | undefined) => boolean, all: ReadonlyMap<string, Bytes>, fresh: boolean): Promise<Bytes | undefined | "put"> {
    const write = (await this.#database()).transaction("sealed", "readwrite", { durability: "relaxed" });
    const now = await write.store.get([this.account, conversation, name]);
    if (!mine(now)) {
      await write.done;
      return now;
    }
    const steps: Promise<unknown>[] = fresh ? [write.store.delete(this.#of(conversation))] : [];
    for (const [each, sealed] of all) steps.push(write.store.put(sealed, [this.account, conversation, each]));
    await Promise.all([...steps, write.done]);
    return "put";
  }

  async drop(conversation: Id): Promise<void> {
    await (await this.#database()).delete("sealed", this.#of(conversation));
  }

  async conversations(): Promise<Set<Id>> {
    const range = IDBKeyRange.bound([this.account, "", ""], [this.account, AFTER_ALL, AFTER_ALL]);
    const keys = await (await this.#database()).getAllKeys("sealed", range);
    return new Set(keys.map(([, conversation]) => conversation));
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) (await this.#opened).close();
    this.#opened = undefined;
  }
}

/** Quick exit: of everybody. */
export async function forgetKept(): Promise<void> {
  const database = await open();
  try {
    await database.clear("sealed");
  } finally {
    database.close();
  }
}

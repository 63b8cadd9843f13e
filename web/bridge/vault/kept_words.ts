// SPDX-License-Identifier: AGPL-3.0-or-later
// The words a device has read and keeps: sealed again under the account's key, so that lock really closes them, and with them
// the point where the log stands, so that after a reload only what is new is fetched.
//
// They lie in parts of some kilobytes. One index names every part by the nonce of its sealing, and holds the log, sealed
// by the module: an older part, or one of another sealing, is noticed. Anything that is not whole is put away and the
// conversation is read from its beginning, as on a new device; nothing is half believed.
import { BridgeError } from "../rpc.ts";
import { fromText, toText } from "./codec.ts";
import type { Conversations } from "./conversations.ts";
import type { Shelf } from "./kept_store.ts";
import type { Bytes, Entry, Id, Stop, Taken } from "./types.ts";

/** Rises when what a part holds changes its shape: older ones are then read from the place again. */
const VERSION = 1;
const INDEX = "index";
const PART_CHARS = 48_000;
const TAIL_CHARS = 12_000;
const AFTER_MS = 700;
const NONCE = [1, 25] as const; // where it stands in what local_seal gives
/** With these nothing is kept: the next unlock is to see it with its own eyes. */
const UNSETTLED: readonly Stop[] = ["locked", "forked", "interrupted", "outside"];

type Index = {
  version: number;
  /** The last position that is kept, and how many of the entries up to there are gone. */
  to: number;
  gone: number;
  /** The nonce of each part's sealing, in order. */
  parts: string[];
  log: string;
};
type Known = Omit<Index, "log" | "version"> & { seal: string };

type Keeping = {
  known: Known | null; // the index on the shelf, as this tab saw it last
  tail: Taken[]; // what the last part holds, while it is short
  fresh: Taken[]; // taken and not yet kept
  timer: ReturnType<typeof setTimeout> | undefined;
  unproven: boolean;
  off: boolean;
  running: Promise<void>; // one at a time
};

/** How the vault seals and opens what lies on a device, by label. */
export interface Sealer {
  seal(label: string, content: Bytes): Bytes;
  /** Throws when it is not what this account sealed under this label. */
  open(label: string, sealed: Bytes): Bytes;
}

export class KeptWords {
  readonly #of = new Map<Id, Keeping>();
  readonly #sealer: Sealer;
  readonly #shelf: Shelf;
  readonly #conversations: Conversations;
  #stopped = false;

  constructor(sealer: Sealer, shelf: Shelf, conversations: Conversations) {
    this.#sealer = sealer;
    this.#shelf = shelf;
    this.#conversations = conversations;
  }

  /** All that is kept of a conversation, and its log goes on from there; null: read it from the beginning. */
  async open(conversation: Id, nowMs: number): Promise<Taken[] | null> {
    const lies = await this.#shelf.all(conversation).catch(() => new Map<string, Bytes>());
    if (lies.size === 0) return null;
    const found = this.#openAll(conversation, lies);
    if (found !== null && this.#resume(conversation, found, nowMs)) {
      const keeping = this.#keeping(conversation);
      keeping.known = found.known;
      keeping.tail = found.tail;
      keeping.unproven = true;
      return found.taken;
    }
    await this.drop(conversation);
    return null;
  }

  /**
   * Is what was kept still what the place has: its last entry, and as many deleted ones before it? If not, it is put away and
   * the log is read from the beginning: then a place that lost words is found out as on any device.
   * gone: of the entries before this one.
   */
  async prove(conversation: Id, entry: Entry | undefined, gone: number): Promise<boolean> {
    const keeping = this.#keeping(conversation);
    const { known } = keeping;
    if (!keeping.unproven || known === null) return true;
    keeping.unproven = false;
    const all = gone + (entry?.kind === "gone" ? 1 : 0);
    if (entry?.position === known.to && all === known.gone && this.#conversations.endsWith(conversation, entry)) return true;
    this.#conversations.forget(conversation);
    await this.drop(conversation);
    return false;
  }

  /** What was read just now, in order. It is kept a moment later. */
  took(conversation: Id, taken: readonly Taken[]): void {
    const keeping = this.#keeping(conversation);
    if (this.#stopped || keeping.off || taken.length === 0) return;
    keeping.fresh.push(...taken);
    clearTimeout(keeping.timer);
    keeping.timer = setTimeout(() => void this.flush(conversation), AFTER_MS);
  }

  /** Keeps what is fresh. A device that refuses or is full keeps nothing: what people write themselves needs the room. */
  async flush(conversation: Id): Promise<void> {
    const keeping = this.#keeping(conversation);
    clearTimeout(keeping.timer);
    keeping.running = keeping.running.then(() => this.#put(conversation, keeping)).catch(() => this.#end(conversation, keeping));
    await keeping.running;
  }

  async drop(conversation: Id): Promise<void> {
    const keeping = this.#keeping(conversation);
    clearTimeout(keeping.timer);
    this.#of.delete(conversation);
    await this.#shelf.drop(conversation).catch(() => undefined);
  }

  /** These are the conversations there are: of any other nothing stays here. */
  async only(conversations: readonly Id[]): Promise<void> {
    for (const conversation of await this.#shelf.conversations()) {
      if (!conversations.includes(conversation)) await this.drop(conversation);
    }
  }

  /** Nothing more is kept before the next unlock, and nothing stays: the account key changed, or the device is full. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const conversation of await this.#shelf.conversations()) this.#keeping(conversation);
    for (const [conversation, keeping] of this.#of) await this.#end(conversation, keeping);
  }

  close(): Promise<void> {
    for (const { timer } of this.#of.values()) clearTimeout(timer);
    return this.#shelf.close();
  }

  #keeping(conversation: Id): Keeping {
    let keeping = this.#of.get(conversation);
    if (keeping === undefined) {
      keeping = { known: null, tail: [], fresh: [], timer: undefined, unproven: false, off: false, running: Promise.resolve() };
      this.#of.set(conversation, keeping);
    }
    return keeping;
  }

  async #end(conversation: Id, keeping: Keeping): Promise<void> {
    clearTimeout(keeping.timer);
    Object.assign(keeping, { off: true, known: null, tail: [], fresh: [] });
    await this.#shelf.drop(conversation).catch(() => undefined);
  }

  // ---- Reading

  #openAll(conversation: Id, lies: ReadonlyMap<string, Bytes>): { known: Known; log: Bytes; taken: Taken[]; tail: Taken[] } | null {
    try {
      const index = this.#openIndex(conversation, lies.get(INDEX));
      if (index === null) return null;
      const taken: Taken[] = [];
      let last: Taken[] = [];
      for (const [at, seal] of index.parts.entries()) {
        const sealed = lies.get(String(at));
        if (sealed === undefined || sealOf(sealed) !== seal) return null;
        last = wordsFrom(this.#sealer.open(labelOf(conversation, String(at)), sealed));
        taken.push(...last);
      }
      if (taken.length !== index.to || taken.some((one, at) => one.position !== at + 1)) return null;
      return { known: index, log: fromText(index.log), taken, tail: isShort(last) ? last : [] };
    } catch {
      return null;
    }
  }

  #openIndex(conversation: Id, sealed: Bytes | undefined): (Known & { log: string }) | null {
    if (sealed === undefined) return null;
    const index = JSON.parse(new TextDecoder().decode(this.#sealer.open(labelOf(conversation, INDEX), sealed))) as Index;
    return index.version === VERSION ? { ...index, seal: sealOf(sealed) } : null;
  }

  #resume(conversation: Id, { known, log }: { known: Known; log: Bytes }, nowMs: number): boolean {
    if (!this.#conversations.resume(conversation, log, nowMs)) return false;
    const { position, stops } = this.#conversations.raw(conversation);
    if (position === known.to && !unsettled(stops)) return true;
    this.#conversations.forget(conversation);
    return false;
  }

  // ---- Keeping

  async #put(conversation: Id, keeping: Keeping): Promise<void> {
    while (!keeping.off && keeping.fresh.length > 0) {
      if (unsettled(this.#conversations.raw(conversation).stops)) return this.#end(conversation, keeping);
      const log = this.#conversations.keep(conversation);
      if (log === null) return; // still on the way to where the account was before: later
      const count = keeping.fresh.length;
      const { known, tail, puts } = this.#sealed(conversation, keeping, log);
      const before = keeping.known?.seal;
      const mine = (now: Bytes | undefined): boolean => (now === undefined ? undefined : sealOf(now)) === before;
      const lies = await this.#shelf.put(conversation, INDEX, mine, puts, before === undefined);
      if (lies === "put") Object.assign(keeping, { known, tail, fresh: keeping.fresh.slice(count) });
      else this.#adopt(conversation, keeping, lies);
    }
  }

  /** Another tab has kept more, or less: we go on from what it has. */
  #adopt(conversation: Id, keeping: Keeping, lies: Bytes | undefined): void {
    const known = this.#openIndex(conversation, lies);
    if (known === null) throw new BridgeError("not_there");
    Object.assign(keeping, { known, tail: [], fresh: keeping.fresh.filter((one) => one.position > known.to) });
  }

  #sealed(conversation: Id, { known, tail, fresh }: Keeping, log: Bytes): { known: Known; tail: Taken[]; puts: Map<string, Bytes> } {
    const to = known?.to ?? 0;
    // What was read goes on from what is kept, up to where the log stands: else the one would not belong to the other.
    if (fresh[0]?.position !== to + 1 || fresh.at(-1)?.position !== this.#conversations.raw(conversation).position) throw new BridgeError("conflict");
    const parts = (known?.parts ?? []).slice(0, tail.length > 0 ? -1 : undefined);
    const puts = new Map<string, Bytes>();
    let last: Taken[] = [];
    for (const words of cut([...tail, ...fresh])) {
      const name = String(parts.length);
      const sealed = this.#sealer.seal(labelOf(conversation, name), bytesOf(words));
      puts.set(name, sealed);
      parts.push(sealOf(sealed));
      last = words;
    }
    const gone = (known?.gone ?? 0) + fresh.filter((one) => one.finding === "gone").length;
    const next = { to: to + fresh.length, gone, parts };
    const index: Index = { version: VERSION, ...next, log: toText(log) };
    const sealed = this.#sealer.seal(labelOf(conversation, INDEX), new TextEncoder().encode(JSON.stringify(index)) as Bytes);
    puts.set(INDEX, sealed);
    return { known: { ...next, seal: sealOf(sealed) }, tail: isShort(last) ? last : [], puts };
  }
}

function unsettled(stops: readonly Stop[]): boolean {
  return stops.some((stop) => UNSETTLED.includes(stop));
}

function labelOf(conversation: Id, name: string): string {
  return `kept/${conversation}/${name}`;
}

function sealOf(sealed: Bytes): string {
  return toText(sealed.subarray(...NONCE));
}

// ---- What a part holds: a line for each entry

function lineOf(taken: Taken): string {
  return JSON.stringify(taken, (_, value: unknown) => (value instanceof Uint8Array ? { b64: toText(value as Bytes) } : value));
}

function takenOf(line: string): Taken {
  return JSON.parse(line, (_, value: unknown) => {
    const text = typeof value === "object" && value !== null && "b64" in value ? value.b64 : undefined;
    return typeof text === "string" ? fromText(text) : value;
  }) as Taken;
}

function bytesOf(words: readonly Taken[]): Bytes {
  return new TextEncoder().encode(words.map(lineOf).join("\n")) as Bytes;
}

function wordsFrom(content: Bytes): Taken[] {
  const lines = new TextDecoder().decode(content).split("\n");
  content.fill(0);
  return lines.map(takenOf);
}

function isShort(words: readonly Taken[]): boolean {
  return words.reduce((sum, one) => sum + lineOf(one).length, 0) < TAIL_CHARS;
}

function cut(words: readonly Taken[]): Taken[][] {
  const parts: Taken[][] = [];
  let room = 0;
  for (const one of words) {
    const needs = lineOf(one).length;
    if (needs > room) {
      parts.push([]);
      room = PART_CHARS;
    }
    parts.at(-1)?.push(one);
    room -= needs;
  }
  return parts;
}

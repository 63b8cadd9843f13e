// SPDX-License-Identifier: AGPL-3.0-or-later
// The conversations of one unlock. The module has room for three that are awake; the others sleep here, sealed by the
// module under a key that never leaves it.
import { BridgeError } from "../rpc.ts";
import { sameBytes, type Reader, type Writer } from "./codec.ts";
import { bodyFromPlain, bodyToPlain } from "./bodies.ts";
import type { Files } from "./files.ts";
import { memberFrom, writeMember } from "./members.ts";
import { nothing, type VaultModule } from "./module.ts";
import type { Body, Bytes, Commit, CommitChange, Entry, Finding, Id, Member, Read, Sealed, Stop, Taken } from "./types.ts";

type Asleep = { bytes: Bytes; nonce: Bytes; tag: Bytes };
const AWAKE_MAX = 3;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const WRAP_BYTES = 140;
const FLAG_REPLACE = 1;
const FLAG_RESUME = 2;

const FINDINGS: readonly Finding[] = ["bad", "bad", "duplicate", "shown", "shown_gap", "shown_forked", "committed", "shown_passed_on"];
const STOPS: readonly Stop[] = ["locked", "forked", "interrupted", "unpinned", "expired", "outside", "rotate"];

export type Raw = { epoch: number; position: number; stops: Stop[]; kind: number; resume_waits: boolean; members: Member[] };

export class Conversations {
  /** Awake ones, the one used longest ago first. */
  readonly #awake: Id[] = [];
  readonly #asleep = new Map<Id, Asleep>();

  constructor(
    private readonly module: VaultModule,
    private readonly files: Files,
  ) {}

  /** Every call on a conversation goes through here: it is awake afterwards. */
  #wake(conversation: Id): void {
    const at = this.#awake.indexOf(conversation);
    if (at >= 0) {
      this.#awake.splice(at, 1);
      this.#awake.push(conversation);
      return;
    }
    this.#makeRoom();
    const asleep = this.#asleep.get(conversation);
    if (asleep === undefined) {
      this.module.call("log_open", (q) => q.id(conversation), nothing);
      this.#awake.push(conversation);
      return;
    }
    const at_byte = this.module.call("log_bed", (q) => q.id(conversation), (a) => a.u32());
    this.module.memory.set(asleep.bytes, at_byte);
    this.#asleep.delete(conversation);
    this.module.call("log_wake", (q) => q.id(conversation).rest(asleep.nonce).rest(asleep.tag), nothing);
    this.#awake.push(conversation);
  }

  #makeRoom(): void {
    const [longest] = this.#awake;
    if (this.#awake.length >= AWAKE_MAX && longest !== undefined) this.#sleep(longest);
  }

  #sleep(conversation: Id): void {
    const put = (a: Reader): Asleep => {
      const at = a.u32();
      const n = a.u32();
      return { bytes: this.module.memory.slice(at, at + n), nonce: a.bytes(NONCE_BYTES), tag: a.bytes(TAG_BYTES) };
    };
    this.#asleep.set(conversation, this.module.call("log_sleep", (q) => q.id(conversation), put));
    this.module.call("log_forget", (q) => q.id(conversation), nothing);
    this.#awake.splice(this.#awake.indexOf(conversation), 1);
  }

  // ---- From one unlock to the next ----

  /** Where reading stands, sealed for this device; null: not now, something is not settled. */
  keep(conversation: Id): Bytes | null {
    try {
      return this.call("log_keep", conversation, nothing, (a) => a.rest());
    } catch (error) {
      if (error instanceof BridgeError && error.code === "busy") return null;
      throw error;
    }
  }

  /** Goes on from what `keep` gave. false: that was not ours, or it is open already; it is read from the beginning. */
  resume(conversation: Id, kept: Bytes, now_ms: number): boolean {
    if (this.#awake.includes(conversation) || this.#asleep.has(conversation)) return false;
    this.#makeRoom();
    try {
      this.module.call("log_resume", (q) => q.id(conversation).rest(kept), nothing);
    } catch (error) {
      if (error instanceof BridgeError && error.code !== "crashed") return false;
      throw error;
    }
    this.#awake.push(conversation);
    this.call("log_settle", conversation, (q) => q.u53(now_ms), nothing);
    return true;
  }

  /** Is this the entry that was taken last? */
  endsWith(conversation: Id, entry: Entry): boolean {
    const hashed = entry.bytes === undefined;
    const what = entry.bytes ?? entry.entry_hash ?? new Uint8Array();
    return this.call("log_ends_with", conversation, (q) => q.u8(hashed ? 1 : 0).rest(what), (a) => a.u8() === 1);
  }

  /** What was read is forgotten; the next call begins at the beginning, against what the account remembers. */
  forget(conversation: Id): void {
    this.#asleep.delete(conversation);
    const at = this.#awake.indexOf(conversation);
    if (at < 0) return;
    this.#awake.splice(at, 1);
    this.module.call("log_forget", (q) => q.id(conversation), nothing);
  }

  call<T>(
    op: Parameters<VaultModule["call"]>[0],
    conversation: Id,
    write: (question: Writer) => unknown,
    read: (answer: Reader) => T,
  ): T {
    this.#wake(conversation);
    return this.module.call(op, (q) => write(q.id(conversation)), read);
  }

  raw(conversation: Id): Raw {
    return this.call("log_view", conversation, nothing, (a) => {
      const epoch = a.u32();
      const position = a.u53();
      const bits = a.u32();
      const kind = a.u8();
      const resume_waits = a.u8() === 1;
      const members = Array.from({ length: a.u8() }, () => memberFrom(a));
      return { epoch, position, stops: STOPS.filter((_, bit) => (bits & (1 << bit)) !== 0), kind, resume_waits, members };
    });
  }

  /** Takes entries in order until one cannot be taken yet. Entries taken before are passed over. */
  read(conversation: Id, me: Id, entries: readonly Entry[], head: number, now_ms: number): Omit<Read, "view"> {
    try {
      return this.#takeAll(conversation, me, entries, head);
    } finally {
      this.call("log_settle", conversation, (q) => q.u53(now_ms), nothing);
    }
  }

  #takeAll(conversation: Id, me: Id, entries: readonly Entry[], head: number): Omit<Read, "view"> {
    const taken: Taken[] = [];
    const from = this.raw(conversation).position;
    for (const entry of entries) {
      if (entry.position <= from) continue;
      try {
        const { stored_ms } = entry;
        taken.push({ ...this.#take(conversation, me, entry), ...(stored_ms === undefined ? {} : { stored_ms }) });
      } catch (error) {
        const why = error instanceof BridgeError ? error.code : "failed";
        if (why !== "conflict" && why !== "busy") throw error;
        return { taken, held: { position: entry.position, why } };
      }
    }
    this.call("log_head", conversation, (q) => q.u53(head), nothing);
    return { taken };
  }

  #take(conversation: Id, me: Id, entry: Entry): Taken {
    const { position } = entry;
    if (entry.kind === "gone" || entry.bytes === undefined) {
      const hash = entry.entry_hash ?? new Uint8Array();
      this.call("log_take_hash", conversation, (q) => q.u53(position).fixed(hash, 32), nothing);
      return { position, finding: "gone" };
    }
    const bytes = entry.bytes;
    const before = entry.kind === "commit" ? this.raw(conversation).members : [];
    const found = this.call("log_take", conversation, (q) => q.u53(position).rest(bytes), (a) => takenFrom(a, position, me));
    if (found.words !== undefined) {
      return { ...found.taken, ...found.words.said, body: bodyFromPlain(found.words.kind, found.words.content, this.files) };
    }
    if (found.finding !== "committed") return found.taken;
    if (entry.wrap !== undefined) this.#wrap(conversation, entry.wrap);
    return { ...found.taken, commit: this.#difference(conversation, before, found.flags) };
  }

  /** A wrap that is not the commit's key leaves the epoch locked: the view says so, and the page asks for another. */
  #wrap(conversation: Id, wrap: Bytes): void {
    try {
      this.call("log_wrap", conversation, (q) => q.rest(wrap), nothing);
    } catch (error) {
      if (!(error instanceof BridgeError) || error.code !== "refused") throw error;
    }
  }

  wrapArrived(conversation: Id, wrap: Bytes): void {
    this.call("log_wrap", conversation, (q) => q.rest(wrap), nothing);
  }

  #difference(conversation: Id, before: readonly Member[], flags: number): NonNullable<Taken["commit"]> {
    const { epoch, members } = this.raw(conversation);
    const replaced = (flags & FLAG_REPLACE) !== 0 ? members.find((m) => before.some((b) => b.account === m.account && !sameBytes(b.ik, m.ik)))?.account : undefined;
    const ids = (list: readonly Member[]): Id[] => list.map((one) => one.account);
    const [was, is] = [ids(before), ids(members)];
    return {
      epoch,
      ...(replaced === undefined ? {} : { replaced }),
      resumed: (flags & FLAG_RESUME) !== 0,
      joined: is.filter((id) => !was.includes(id)),
      left: was.filter((id) => !is.includes(id)),
    };
  }

  seal(conversation: Id, body: Body, time_ms: number, mid: Id): Sealed {
    const { kind, content } = bodyToPlain(body, this.files);
    const write = (q: Writer): unknown => q.id(mid).u53(time_ms).u8(kind).rest(content);
    try {
      return this.call("log_seal", conversation, write, (a) => {
        const count = a.u8();
        const accounts = a.bytes(count * (16 + 32));
        const readers = new Uint8Array([count, ...accounts]);
        return { readers, envelope: a.rest(), mid };
      });
    } finally {
      content.fill(0);
    }
  }

  /** The first member who could not read when the words were written. */
  newReader(conversation: Id, readers: Bytes): Member | null {
    return this.call("readers_new", conversation, (q) => q.rest(readers), (a) => (a.left === 0 ? null : memberFrom(a)));
  }

  commit(conversation: Id, mode: "change" | "resume" | "replace", changes: readonly CommitChange[]): Commit {
    const modes = { change: 0, resume: 1, replace: 2 };
    const write = (q: Writer): unknown => {
      q.u8(modes[mode]).u8(changes.length);
      for (const change of changes) writeChange(q, change);
      return q;
    };
    return this.call("commit_make", conversation, write, commitFrom);
  }

  /** The first commit of a conversation with oneself alone; it is opened when that comes back as an entry. */
  privateGenesis(conversation: Id): Commit {
    return this.module.call("private_genesis", (q) => q.id(conversation), commitFrom);
  }
}

function writeChange(q: Writer, change: CommitChange): void {
  switch (change.do) {
    case "put":
      writeMember(q.u8(1), change.member);
      return;
    case "remove":
      q.u8(2).id(change.account);
      return;
    case "consent":
      q.u8(3).fixed(change.consent, 213);
      return;
    default: {
      const never: never = change;
      return never;
    }
  }
}

export function commitFrom(a: Reader): Commit {
  const commit = a.long();
  const wraps = Array.from({ length: a.u8() }, () => ({ account: a.id(), wrap: a.bytes(WRAP_BYTES) }));
  return { commit, wraps };
}

type Found = {
  finding: Finding;
  flags: number;
  taken: Taken;
  words?: { said: Pick<Taken, "mid" | "time_ms" | "missing" | "history_checked">; kind: number; content: Bytes };
};

function takenFrom(a: Reader, position: number, me: Id): Found {
  const finding = FINDINGS[a.u8()] ?? "bad";
  const sender = a.id();
  const mid = a.id();
  const time_ms = a.u53();
  const kind = a.u8();
  const missing = a.u32();
  const history_checked = a.u8() === 1;
  const flags = a.u8();
  a.u8(); // whether a commit's note holds: vault.wasm has acted on it
  const content = a.long();
  if (finding === "bad") return { finding, flags, taken: { position, finding } };
  const who = { position, finding, sender, mine: sender === me };
  if (finding === "committed") return { finding, flags, taken: who };
  if (finding === "duplicate") return { finding, flags, taken: { ...who, mid } };
  return { finding, flags, taken: who, words: { said: { mid, time_ms, missing, history_checked }, kind, content } };
}

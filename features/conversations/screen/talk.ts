// SPDX-License-Identifier: AGPL-3.0-or-later
// One conversation, as this device knows it: the log read in order through the vault, who is in it, how far each has read.
// Sending is outbox.ts, which shares this.
import { batch, computed, signal } from "@preact/signals";
import type { Entry, Read, SpokenStep, Taken, View } from "../../../web/bridge/vault/vault.ts";
import type { Me } from "../../../web/net/me.ts";
import { judgedNow } from "../../../web/net/place.ts";
import { keepState } from "../../../web/net/state.ts";
import { addedBy, type Felt, type MirrorSaid, type Opening } from "./taking.ts";
import { hasNews, inOrder, reachOf, type Item } from "./thread.ts";
import { putReceipt, readLog, type ConversationSaid, type EntrySaid, type LogSaid, type MemberSaid } from "./wire.ts";

export type Phase = "reading" | "ready" | "held" | "trouble";

const STATE_AFTER_MS = 1500;
const RECEIPT_AFTER_MS = 3000;
const TYPING_SHOWN_MS = 7000;
const TYPING_SAID_MS = 4000;

export class Talk {
  readonly id: string;
  readonly me: Me;
  readonly phase = signal<Phase>("reading");
  readonly items = signal<readonly Item[]>([]);
  readonly view = signal<View | null>(null);
  readonly members = signal<readonly MemberSaid[]>([]);
  readonly names = signal<ReadonlyMap<string, string>>(new Map());
  readonly here = signal<ReadonlySet<string>>(new Set());
  readonly typing = signal<ReadonlySet<string>>(new Set());
  readonly opening = signal<Opening | null>(null);
  readonly felt = signal<readonly Felt[]>([]);
  readonly mirrors = signal<readonly MirrorSaid[]>([]);
  /** Taken out: it goes on without us. */
  readonly outside = signal(false);
  readonly read = signal<ReadonlyMap<string, number>>(new Map());
  /** Somebody else's words lie beyond what was seen here or on another device. One's own words are no news. */
  readonly unread = computed(() => hasNews(this.items.value, this.#readSaid.value));
  /** Words of others that came since the page was opened: for the voice that reads new words aloud. */
  onNew: (item: Item) => void = () => undefined;
  /** A step of the spoken check that came just now; steps of checks that are long over are only read past. */
  onSpoken: (from: string, step: SpokenStep) => void = () => undefined;
  /** Before the first commit is read: is it ours, and by a listener this place vouches for? */
  beforeFirst: ((commit: Uint8Array<ArrayBuffer>) => Promise<void>) | null = null;

  /** Words that stood here and that a restored place has no more, as long as this page remembers them. */
  readonly missing = signal<readonly Item[]>([]);
  /** When the newest entry came that the place has; and the newest one before the talk went on after words were lost. */
  newestAtMs = 0;
  lostAfterMs = 0;
  /** The last time somebody's key was replaced here: whose, and who confirmed it. */
  readonly replaced = signal<{ readonly about: string; readonly by: string; readonly atMs: number } | null>(null);
  /** Who confirmed this account's newest key and passed older words on. */
  readonly passedOnBy = signal("");
  /** When the epoch that is now began. */
  epochAtMs = 0;

  #running: Promise<void> = Promise.resolve();
  #known = new Map<string, Item>();
  #waiting = new Map<string, Item>();
  #stateTimer: ReturnType<typeof setTimeout> | undefined;
  #receiptTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  #typingSaidAt = 0;
  readonly #readSaid = signal(0);
  #caughtUp = false;
  #ended = false;
  #kept: Promise<void> | null = null;
  /** What this device kept stands here, and has not been compared with the place. */
  #unproven = false;
  #remembered: Item[] = [];

  constructor(me: Me, id: string) {
    this.me = me;
    this.id = id;
  }

  /** What the list of conversations says: who is in it, who is here, how far each has read. */
  said(said: ConversationSaid): void {
    batch(() => {
      this.members.value = said.members;
      this.here.value = new Set(said.here);
      this.read.value = new Map(said.read.map((r) => [r.account, r.position]));
      this.#readSaid.value = Math.max(this.#readSaid.peek(), said.mine.read);
      const names = new Map(this.names.peek());
      for (const member of said.members) if (member.name !== undefined) names.set(member.account, member.name);
      this.names.value = names;
      this.#draw();
    });
  }

  /** What this device has read before, at once. Nothing kept, or not whole: the place has it all. */
  openKept(): Promise<void> {
    this.#kept ??= this.me.vault.ask("keptOpen", { conversation: this.id, now_ms: judgedNow() }).then(
      (kept) => {
        if (kept === null || this.#ended) return;
        this.#unproven = true;
        batch(() => {
          this.view.value = kept.view;
          for (const taken of kept.taken) this.#add(taken);
          this.#draw();
        });
      },
      () => undefined,
    );
    return this.#kept;
  }

  /** Reads on after the last position this device has. One reader at a time; safe to call as often as one likes. */
  catchUp(): Promise<void> {
    this.#running = this.#running.then(() => this.#readOn()).catch((error: unknown) => {
      this.phase.value = this.#caughtUp ? "ready" : "trouble";
      throw error;
    });
    const mine = this.#running;
    this.#running = mine.catch(() => undefined);
    return mine;
  }

  /** An entry the socket told, or one's own that was just kept. Out of order: the log is read instead. */
  arrived(entry: EntrySaid): Promise<void> {
    this.#running = this.#running.then(async () => {
      const next = (this.view.peek()?.position ?? 0) + 1;
      if (entry.position < next) return;
      if (entry.position > next || !this.#caughtUp) await this.#readOn();
      else await this.#take([entry], entry.position);
    }).catch(() => undefined);
    return this.#running;
  }

  /** Looks at the members again, after a person decided whom to trust. */
  async settle(): Promise<void> {
    await this.#take([], this.view.peek()?.position ?? 0);
  }

  /** The place was restored from a backup: everything is read again, and what is gone is not forgotten here. */
  readAnew(): Promise<void> {
    this.#running = this.#running.then(async () => {
      await this.me.vault.ask("readAnew", { conversation: this.id });
      this.#startOver();
      this.phase.value = "reading";
      await this.#readOn();
    }).catch(() => {
      this.phase.value = "trouble";
    });
    return this.#running;
  }

  /** Nothing is read yet. What stood here is remembered until the log is read: then what the place lost shows. */
  #startOver(): void {
    this.#remembered = [...this.#known.values(), ...this.missing.peek()];
    this.#known.clear();
    this.#caughtUp = this.#unproven = false;
    this.newestAtMs = this.lostAfterMs = 0;
    batch(() => {
      this.view.value = null;
      this.opening.value = null;
      this.felt.value = [];
      this.mirrors.value = [];
    });
  }

  #showMissing(): void {
    if (this.#remembered.length === 0) return;
    this.missing.value = this.#remembered.filter((item) => item.kind !== "line" && item.position !== null && !this.#known.has(item.key));
    this.#remembered = [];
    this.#draw();
  }

  async #readOn(): Promise<void> {
    await this.openKept();
    for (;;) {
      const after = this.view.peek()?.position ?? 0;
      const log = await readLog(this.id, this.#unproven ? after - 1 : after);
      if (this.#ended) return;
      if (this.#unproven && !(await this.#prove(log))) continue;
      const first = log.entries[0];
      if (after === 0 && first?.position === 1 && first.bytes !== undefined) await this.beforeFirst?.(first.bytes);
      if (log.entries.length === 0) break;
      const read = await this.#take(log.entries, log.position);
      if (read.held !== undefined) return;
      if (read.view.position >= log.position || read.view.position === after) break;
    }
    this.#caughtUp = true;
    this.phase.value = "ready";
    this.#showMissing();
  }

  /** Does what was kept here end with what the place has there? If not, everything is read anew, from the beginning. */
  async #prove(log: LogSaid): Promise<boolean> {
    const [last] = log.entries;
    const same = await this.me.vault.ask("keptProve", { conversation: this.id, gone: log.gone, ...(last === undefined ? {} : { entry: entryOf(last) }) });
    this.#unproven = false;
    if (same) return true;
    const kept = this.view.peek()?.position ?? 0;
    this.#startOver();
    // Words somebody took back are not lost: only a place that has less than this device lost any.
    if (log.position >= kept) this.#remembered = [];
    this.#draw();
    return false;
  }

  async #take(entries: readonly EntrySaid[], head: number): Promise<Read> {
    const read = await this.me.vault.ask("read", { conversation: this.id, entries: entries.map(entryOf), head, now_ms: judgedNow() });
    const fresh: Item[] = [];
    const heard: (() => void)[] = [];
    batch(() => {
      this.view.value = read.view;
      for (const taken of read.taken) {
        const { body, sender } = taken;
        if (body?.kind === "spoken" && taken.mine !== true && sender !== undefined && this.#caughtUp) {
          heard.push(() => this.onSpoken(sender, { step: body.step, value: body.value }));
        }
        const item = this.#add(taken);
        if (item !== null && item.kind !== "line" && !item.mine && this.#caughtUp) fresh.push(item);
      }
      this.phase.value = read.held === undefined ? (this.#caughtUp ? "ready" : "reading") : "held";
      this.#draw();
    });
    for (const item of fresh) {
      if (item.kind !== "line") this.#stopTyping(item.from);
      this.onNew(item);
    }
    for (const hear of heard) hear();
    this.#keepStateSoon();
    return read;
  }

  /** What an entry adds, put where it belongs. The item, if it is one. */
  #add(taken: Taken): Item | null {
    const atMs = taken.stored_ms ?? 0;
    this.#heardOfEpochs(taken, atMs);
    this.newestAtMs = Math.max(this.newestAtMs, atMs);
    const { item, name, opening, felt, mirror } = addedBy(taken, taken.stored_ms ?? taken.time_ms ?? Date.now());
    if (item !== null) {
      this.#known.set(item.key, item);
      this.#waiting.delete(item.key);
    }
    if (name !== null && this.members.peek().find((m) => m.account === name.account)?.name === undefined) {
      this.names.value = new Map(this.names.peek()).set(name.account, name.name);
    }
    if (opening !== null) this.opening.value = opening;
    if (felt !== null) this.felt.value = [...this.felt.peek(), felt];
    if (mirror !== null) this.mirrors.value = [...this.mirrors.peek(), mirror];
    return item;
  }

  /** What a commit says beside who is in it: that the talk went on after words were lost, that a key was replaced. */
  #heardOfEpochs({ commit, sender = "" }: Taken, atMs: number): void {
    if (commit === undefined) return;
    this.epochAtMs = atMs;
    if (commit.resumed === true) this.lostAfterMs = this.newestAtMs;
    if (commit.replaced !== undefined) this.replaced.value = { about: commit.replaced, by: sender, atMs };
    if (commit.replaced === this.me.session.account) this.passedOnBy.value = sender;
  }

  /** Words that are on their way: shown at once, replaced when the log has them. */
  showWaiting(item: Item): void {
    if (this.#known.has(item.key)) return;
    this.#waiting.set(item.key, item);
    this.#draw();
  }

  dropWaiting(key: string): void {
    this.#waiting.delete(key);
    this.#draw();
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  #draw(): void {
    const others = this.members.peek().filter((m) => m.account !== this.me.session.account);
    const reads = others.map((m) => this.read.peek().get(m.account) ?? 0);
    const reached = (item: Item): Item => {
      if (item.kind === "line" || !item.mine || item.position === null) return item;
      const reach = reachOf(item.position, false, reads);
      return reach === item.reach ? item : { ...item, reach };
    };
    for (const [key, item] of this.#known) this.#known.set(key, reached(item));
    this.items.value = inOrder([...this.#known.values(), ...this.#waiting.values()]);
  }

  // ---- what others do now

  heardRead(account: string, position: number): void {
    if ((this.read.peek().get(account) ?? 0) >= position) return;
    this.read.value = new Map(this.read.peek()).set(account, position);
    this.#draw();
  }

  heardPresence(account: string, here: boolean): void {
    if (!this.members.peek().some((m) => m.account === account)) return;
    const now = new Set(this.here.peek());
    if (here) now.add(account);
    else now.delete(account);
    this.here.value = now;
    if (!here) this.#stopTyping(account);
  }

  heardTyping(account: string, typing: boolean): void {
    this.#stopTyping(account);
    if (!typing) return;
    this.typing.value = new Set(this.typing.peek()).add(account);
    this.#typingTimers.set(account, setTimeout(() => this.#stopTyping(account), TYPING_SHOWN_MS));
  }

  #stopTyping(account: string): void {
    clearTimeout(this.#typingTimers.get(account));
    if (!this.typing.peek().has(account)) return;
    const now = new Set(this.typing.peek());
    now.delete(account);
    this.typing.value = now;
  }

  // ---- what I do now

  sayTyping(typing: boolean): void {
    const now = performance.now();
    if (typing && now - this.#typingSaidAt < TYPING_SAID_MS) return;
    if (!typing && this.#typingSaidAt === 0) return;
    this.#typingSaidAt = typing ? now : 0;
    this.me.socket.mention("typing", { conversation: this.id, typing });
  }

  /** I have seen up to here, with my own eyes: the page was in front. */
  sayRead(position: number): void {
    const before = this.#readSaid.peek();
    if (position <= before) return;
    this.#readSaid.value = position;
    this.me.socket.ask("read", { conversation: this.id, position }).catch(() => {
      this.#readSaid.value = before;
    });
    clearTimeout(this.#receiptTimer);
    this.#receiptTimer = setTimeout(() => void this.#receipt().catch(() => undefined), RECEIPT_AFTER_MS);
  }

  async #receipt(): Promise<void> {
    if (this.#ended || this.me.vault.locked) return;
    await putReceipt(this.id, await this.me.vault.ask("sealReceipt", { conversation: this.id, time_ms: Date.now() }));
  }

  #keepStateSoon(): void {
    clearTimeout(this.#stateTimer);
    this.#stateTimer = setTimeout(() => {
      if (!this.#ended && !this.me.vault.locked) void keepState(this.me.vault).catch(() => undefined);
    }, STATE_AFTER_MS);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#stateTimer);
    clearTimeout(this.#receiptTimer);
    for (const timer of this.#typingTimers.values()) clearTimeout(timer);
  }
}

function entryOf(said: EntrySaid): Entry {
  const { position, kind, at_ms, bytes, wrap, entry_hash } = said;
  return {
    position,
    kind,
    stored_ms: at_ms,
    ...(bytes === undefined ? {} : { bytes }),
    ...(wrap === undefined ? {} : { wrap }),
    ...(entry_hash === undefined ? {} : { entry_hash }),
  };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Words on their way. Each lies sealed on this device from the moment it is written until the place has it on its disk, and one
// follows the other: through a reload, a lost network, an expired session.
import { signal } from "@preact/signals";
import type { Body, Member } from "../../../web/bridge/vault/vault.ts";
import { BridgeError } from "../../../web/bridge/vault/vault.ts";
import { fromText, toText } from "../../../web/net/bytes.ts";
import { me } from "../../../web/net/me.ts";
import { placeNow } from "../../../web/net/place.ts";
import { troubleOf } from "../../../web/net/problem.ts";
import { waitBefore } from "../../../web/net/reconnect.ts";
import { afterTrouble, canBeSaidAgain, outboxOf, parcelLabel, rotation, sentLabel, sentOf, unwrapped, wrapped, writtenAt, type Parcel } from "./sending.ts";
import { fileWords } from "./taking.ts";
import type { Talk } from "./talk.ts";
import type { Item } from "./thread.ts";
import { keptAnswer, postCommit, postMessage, type Kept } from "./wire.ts";

/** What stands in the way of sending, if anything. */
export type Hindrance =
  | { readonly is: "nothing" }
  | { readonly is: "waiting" }
  | { readonly is: "signed_out" }
  | { readonly is: "new_reader"; readonly reader: Member; readonly parcel: Parcel }
  | { readonly is: "stopped"; readonly why: string }
  | { readonly is: "not_stored" }
  | { readonly is: "refused" };

const DAY_MS = 86_400_000;

export class Outbox {
  readonly hindrance = signal<Hindrance>({ is: "nothing" });
  readonly #talk: Talk;
  #parcels: Parcel[] = [];
  #sending = false;
  #tries = 0;
  readonly #lateMs = Math.random() * 2 * DAY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(talk: Talk) {
    this.#talk = talk;
  }

  /** What lay on this device from before: shown, then sent. Words the log already has are put away. */
  async load(): Promise<void> {
    const { vault } = this.#talk.me;
    const labels = await vault.ask("localLabels", { start: outboxOf(this.#talk.id) });
    for (const label of [...labels].sort()) {
      const bytes = await vault.ask("localGet", { label });
      const parcel = bytes === null ? null : unwrapped(bytes);
      if (parcel === null || this.#parcels.some((p) => p.mid === parcel.mid)) continue;
      if (this.#talk.has(parcel.mid)) {
        await vault.ask("localDrop", { label });
        continue;
      }
      this.#parcels.push(parcel);
      this.#show(parcel, false);
    }
    this.hurry();
  }

  get count(): number {
    return this.#parcels.length;
  }

  /** Takes words. Resolves when they lie sealed on this device: from then on nothing can lose them but the device. */
  async put(body: Body, mid?: string, atMs: number = Date.now()): Promise<void> {
    const { vault } = this.#talk.me;
    const parcel: Parcel = { mid: mid ?? (await vault.ask("drawId", {})), atMs, body, envelope: null, readers: null };
    this.#parcels.push(parcel);
    this.#show(parcel, false);
    const stored = await this.#keep(parcel);
    if (!stored) this.hindrance.value = { is: "not_stored" };
    this.hurry();
  }

  /** Try now: the network or the person came back. */
  hurry(): void {
    clearTimeout(this.#timer);
    if (!this.#sending && !this.#ended) void this.#run();
  }

  /** "Ben can read here now. Send?" was answered. */
  async answerNewReader(send: boolean): Promise<void> {
    const asked = this.hindrance.peek();
    if (asked.is !== "new_reader") return;
    this.hindrance.value = { is: "nothing" };
    if (send) await this.#sealAgain(asked.parcel, false, true);
    else await this.#drop(asked.parcel);
    this.hurry();
  }

  async #run(): Promise<void> {
    this.#sending = true;
    try {
      for (;;) {
        const parcel = this.#parcels[0];
        if (parcel === undefined || this.#ended || this.hindrance.peek().is === "new_reader") break;
        if (!(await this.#send(parcel))) return;
        this.#tries = 0;
      }
      const { is } = this.hindrance.peek();
      if (is === "waiting" || is === "not_stored") this.hindrance.value = { is: "nothing" };
    } finally {
      this.#sending = false;
    }
  }

  /** true: it is kept, or put away. false: not now. */
  async #send(parcel: Parcel): Promise<boolean> {
    try {
      const sealed = parcel.envelope === null ? await this.#seal(parcel) : parcel;
      if (sealed === null) return false;
      this.#show(sealed, true);
      const envelope = fromText(sealed.envelope ?? "");
      if (envelope === null) return false;
      const kept = await this.#post(envelope);
      await this.#kept(sealed, envelope, kept);
      return true;
    } catch (error) {
      return this.#troubled(error, parcel);
    }
  }

  async #post(envelope: Uint8Array<ArrayBuffer>): Promise<Kept> {
    const { socket } = this.#talk.me;
    if (socket.link.peek() !== "connected") return postMessage(this.#talk.id, envelope);
    return keptAnswer(await socket.ask("send", { conversation: this.#talk.id, envelope: toText(envelope) }));
  }

  async #kept(parcel: Parcel, envelope: Uint8Array<ArrayBuffer>, kept: Kept): Promise<void> {
    this.#parcels = this.#parcels.filter((p) => p.mid !== parcel.mid);
    if (this.hindrance.peek().is === "waiting" || this.hindrance.peek().is === "signed_out") this.hindrance.value = { is: "nothing" };
    await this.#talk.arrived({
      conversation: this.#talk.id,
      position: kept.position,
      kind: "message",
      at_ms: kept.at_ms,
      bytes: envelope,
      wrap: undefined,
      entry_hash: undefined,
    });
    await this.#keepSent(parcel).catch(() => undefined); // a device that is full has no second copy
    await this.#talk.me.vault.ask("localDrop", { label: parcelLabel(this.#talk.id, parcel) });
  }

  async #keepSent(parcel: Parcel): Promise<void> {
    if (!canBeSaidAgain(parcel.body)) return;
    const content = wrapped({ ...parcel, envelope: null, readers: null });
    await this.#talk.me.vault.ask("localPut", { label: sentLabel(this.#talk.id, parcel), content });
  }

  /** One's own words that the place had and has no more; copies older than its backups are put away. */
  async lost(keepDays: number): Promise<readonly Parcel[]> {
    const { vault } = this.#talk.me;
    const lost: Parcel[] = [];
    for (const label of [...(await vault.ask("localLabels", { start: sentOf(this.#talk.id) }))].sort()) {
      if (writtenAt(label) < Date.now() - keepDays * DAY_MS) {
        await vault.ask("localDrop", { label });
        continue;
      }
      const bytes = await vault.ask("localGet", { label });
      const parcel = bytes === null ? null : unwrapped(bytes);
      if (parcel !== null && !this.#talk.has(parcel.mid)) lost.push(parcel);
    }
    return lost;
  }

  /** Says lost words again: the same words, at a new place in the log. */
  async sayAgain(parcel: Parcel): Promise<void> {
    await this.put(parcel.body, parcel.mid, parcel.atMs);
  }

  async forgetLost(parcel: Parcel): Promise<void> {
    await this.#talk.me.vault.ask("localDrop", { label: sentLabel(this.#talk.id, parcel) });
  }

  async #seal(parcel: Parcel): Promise<Parcel | null> {
    await this.#newEpochIfDue();
    const sealed = await this.#talk.me.vault.ask("seal", { conversation: this.#talk.id, body: parcel.body, time_ms: parcel.atMs, mid: parcel.mid });
    return this.#replace(parcel, { ...parcel, envelope: toText(sealed.envelope), readers: toText(sealed.readers) });
  }

  async #sealAgain(parcel: Parcel, newStream: boolean, asked: boolean): Promise<boolean> {
    const again = await this.#talk.me.vault.ask("reseal", {
      conversation: this.#talk.id,
      body: parcel.body,
      time_ms: parcel.atMs,
      mid: parcel.mid,
      readers: fromText(parcel.readers ?? "") ?? new Uint8Array(),
      new_stream: newStream,
      asked_about_new_readers: asked,
    });
    if ("new_reader" in again) {
      this.hindrance.value = { is: "new_reader", reader: again.new_reader, parcel };
      return false;
    }
    await this.#replace(parcel, { ...parcel, envelope: toText(again.sealed.envelope), readers: toText(again.sealed.readers) });
    return true;
  }

  async #newEpochIfDue(): Promise<void> {
    const view = this.#talk.view.peek();
    const own = view?.members.find((m) => m.trust === "own");
    if (view === null || own === undefined) return;
    const { session } = me() ?? this.#talk.me;
    const now = { stops: view.stops, sinceMs: this.#talk.epochAtMs, ekHere: own.ek_serial, ekNow: session.ek_serial };
    const due = rotation(now, placeNow(), this.#lateMs);
    if (due === "must") await this.#rotate();
    else if (due === "due") await this.#rotate().catch(() => this.#talk.catchUp()); // the other one was first, or it waits for the next words
  }

  /** A new epoch with the same people. It takes this account's newest key. */
  async #rotate(): Promise<void> {
    const commit = await this.#talk.me.vault.ask("commit", { conversation: this.#talk.id, kind: "change", changes: [] });
    await postCommit(this.#talk.id, commit);
    await this.#talk.catchUp();
  }

  /** After "somebody may have been in": what comes next is sealed to the new key only. */
  async newEpoch(): Promise<void> {
    await this.#talk.catchUp();
    await this.#newEpochIfDue();
  }

  async #troubled(error: unknown, parcel: Parcel): Promise<boolean> {
    if (this.#ended) return false;
    if (error instanceof BridgeError) {
      this.hindrance.value = { is: "stopped", why: this.#talk.view.peek()?.stops[0] ?? error.code };
      return false;
    }
    const trouble = troubleOf(error);
    if (trouble === null) throw error;
    const next = afterTrouble(trouble);
    const now = this.#parcels.find((p) => p.mid === parcel.mid) ?? parcel;
    switch (next.do) {
      case "later":
        this.hindrance.value = { is: "waiting" };
        this.#show(now, false);
        this.#timer = setTimeout(() => this.hurry(), waitBefore(this.#tries++, Math.random()));
        return false;
      case "sign_in":
        this.hindrance.value = { is: "signed_out" };
        return false;
      case "read_then_seal_again":
        return this.#again(now, false, true);
      case "seal_again":
        return this.#again(now, next.newStream, false);
      case "rotate":
        await this.#rotate().catch(() => undefined);
        return this.#again(now, false, false);
      case "give_up":
        this.hindrance.value = { is: "refused" };
        return false;
      default:
        return next satisfies never;
    }
  }

  async #again(parcel: Parcel, newStream: boolean, readFirst: boolean): Promise<boolean> {
    this.#tries += 1;
    if (this.#tries > 8) {
      this.hindrance.value = { is: "waiting" };
      this.#timer = setTimeout(() => this.hurry(), waitBefore(this.#tries, Math.random()));
      return false;
    }
    try {
      if (readFirst) await this.#talk.catchUp();
      if (this.#talk.has(parcel.mid)) {
        await this.#drop(parcel);
        return true;
      }
      if (!(await this.#sealAgain(parcel, newStream, false))) return false;
      const sealed = this.#parcels.find((p) => p.mid === parcel.mid);
      return sealed === undefined ? true : this.#send(sealed);
    } catch (error) {
      return this.#troubled(error, parcel);
    }
  }

  async #replace(old: Parcel, parcel: Parcel): Promise<Parcel> {
    this.#parcels = this.#parcels.map((p) => (p.mid === old.mid ? parcel : p));
    await this.#keep(parcel);
    return parcel;
  }

  async #keep(parcel: Parcel): Promise<boolean> {
    try {
      // Storage full or refused (a private window): the words stay in this page, and the page says so.
      return (await this.#talk.me.vault.ask("localPut", { label: parcelLabel(this.#talk.id, parcel), content: wrapped(parcel) })).stored;
    } catch {
      return false;
    }
  }

  async #drop(parcel: Parcel): Promise<void> {
    this.#parcels = this.#parcels.filter((p) => p.mid !== parcel.mid);
    this.#talk.dropWaiting(parcel.mid);
    await this.#talk.me.vault.ask("localDrop", { label: parcelLabel(this.#talk.id, parcel) });
  }

  #show(parcel: Parcel, onItsWay: boolean): void {
    const item = itemOf(parcel, this.#talk.me.session.account, onItsWay);
    if (item !== null) this.#talk.showWaiting(item);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}

function itemOf(parcel: Parcel, account: string, onItsWay: boolean): Item | null {
  const { body, mid: key, atMs } = parcel;
  const common = { key, position: null, atMs, from: account, mine: true, reach: onItsWay ? ("way" as const) : ("device" as const), doubt: null };
  switch (body.kind) {
    case "text":
      return { kind: "words", ...common, text: body.text };
    case "opening":
      return body.text === "" ? null : { kind: "words", ...common, text: body.text };
    case "file":
      return { kind: "file", ...common, file: fileWords(body.file) };
    default:
      return null;
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// All conversations of whoever is here. What the socket tells finds its way to the right one from here; after each connection all
// open ones read on.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Body } from "../../../web/bridge/vault/vault.ts";
import { oneOf, shape, text } from "../../../web/net/decode.ts";
import { onConnected, onRestored, onTold, type Me } from "../../../web/net/me.ts";
import { judgedNow, place, readPlace } from "../../../web/net/place.ts";
import type { Told } from "../../../web/net/socket.ts";
import { Outbox } from "./outbox.ts";
import { SpokenCheck } from "./spoken.ts";
import { firstWordsLabel, unwrapped, wrapped } from "./sending.ts";
import { Talk } from "./talk.ts";
import { entryAnswer, outsideTold, presenceTold, readConversations, readTold, typingTold, type ConversationSaid } from "./wire.ts";

export interface Open {
  readonly talk: Talk;
  readonly outbox: Outbox;
  readonly spoken: SpokenCheck;
}

const requestTold = shape({ conversation: text, state: oneOf("waiting", "accepted", "withdrawn", "expired") });

export class Talks {
  readonly me: Me;
  readonly list = signal<readonly ConversationSaid[] | null>(null);
  readonly requestNews = signal(0);
  readonly #open = new Map<string, Open>();
  readonly #stop: readonly (() => void)[];

  constructor(me: Me) {
    this.me = me;
    this.#stop = [
      onTold((told) => this.#heard(told)),
      onConnected(() => void this.#connected()),
      onRestored(() => void this.#restored()),
    ];
  }

  /** The newest pair conversation: where a client lives. */
  readonly mine: ReadonlySignal<ConversationSaid | null> = computed(
    () => this.list.value?.find((c) => c.kind === "pair" && c.members.some((m) => m.account === this.me.session.account)) ?? null,
  );

  async refresh(): Promise<readonly ConversationSaid[]> {
    const list = await readConversations();
    this.list.value = list;
    for (const said of list) this.#open.get(said.conversation)?.talk.said(said);
    // What was destroyed elsewhere is not to be read here any more either.
    this.me.vault.ask("keptOnly", { conversations: list.map((c) => c.conversation) }).catch(() => undefined);
    return list;
  }

  /** Opens a conversation: reads its log, sends what waits. The same one for everybody who asks. */
  open(id: string): Open {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const talk = new Talk(this.me, id);
    const outbox = new Outbox(talk);
    const open = { talk, outbox, spoken: new SpokenCheck(talk, outbox) };
    this.#open.set(id, open);
    talk.beforeFirst = (commit) => this.#acceptGenesis(id, commit);
    void this.#begin(open);
    return open;
  }

  async #begin({ talk, outbox }: Open): Promise<void> {
    void talk.openKept();
    try {
      const list = this.list.peek()?.some((c) => c.conversation === talk.id) === true ? this.list.peek() : await this.refresh();
      const said = list?.find((c) => c.conversation === talk.id);
      if (said !== undefined) talk.said(said);
      await talk.catchUp();
      await this.#firstWordsAgain({ talk, outbox });
      await outbox.load();
    } catch {
      // Talk.phase says so to the screen; the next connection tries again.
    }
  }

  /** The words that waited are the first words of the conversation: the same, with the same mid. */
  async #firstWordsAgain({ talk, outbox }: Pick<Open, "talk" | "outbox">): Promise<void> {
    const { vault } = this.me;
    const label = firstWordsLabel(talk.id);
    const kept = await vault.ask("localGet", { label }).catch(() => null);
    const parcel = kept === null ? null : unwrapped(kept);
    if (parcel === null) return;
    if (!talk.has(parcel.mid)) await outbox.put(parcel.body, parcel.mid, parcel.atMs);
    await vault.ask("localDrop", { label });
  }

  /** Kept until a listener comes: what was sealed to the team, to be said again inside. */
  async keepFirstWords(conversation: string, mid: string, atMs: number, body: Body): Promise<void> {
    const content = wrapped({ mid, atMs, body, envelope: null, readers: null });
    await this.me.vault.ask("localPut", { label: firstWordsLabel(conversation), content });
  }

  async #acceptGenesis(id: string, commit: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.me.session.role !== "client") return;
    const said = this.list.peek()?.find((c) => c.conversation === id) ?? (await this.refresh()).find((c) => c.conversation === id);
    const certificate = said?.members.find((m) => m.part === "listener")?.certificate;
    const placeKey = (place.peek() ?? (await readPlace())).place_key;
    if (certificate === undefined || placeKey === undefined) return;
    // On a second device this was accepted before; the vault knows it from the account state and refuses a second one.
    await this.me.vault
      .ask("genesisAccept", { conversation: id, commit, certificate, place_key: placeKey, now_ms: judgedNow() })
      .catch(() => undefined);
  }

  #heard(told: Told): void {
    try {
      switch (told.t) {
        case "entry": {
          const entry = entryAnswer(told);
          const open = this.#open.get(entry.conversation);
          if (open !== undefined) void open.talk.arrived(entry);
          this.#touch(entry.conversation, entry.position, entry.at_ms);
          if (entry.kind === "commit") void this.refresh().catch(() => undefined); // who is in it may be others now
          break;
        }
        case "read": {
          const { conversation, account, position } = readTold(told);
          this.#open.get(conversation)?.talk.heardRead(account, position);
          break;
        }
        case "typing": {
          const { conversation, account, typing } = typingTold(told);
          this.#open.get(conversation)?.talk.heardTyping(account, typing);
          break;
        }
        case "presence": {
          const { account, here } = presenceTold(told);
          for (const { talk } of this.#open.values()) talk.heardPresence(account, here);
          break;
        }
        case "outside": {
          const open = this.#open.get(outsideTold(told).conversation);
          if (open !== undefined) open.talk.outside.value = true;
          void this.refresh().catch(() => undefined);
          break;
        }
        case "member": {
          void this.#someoneMoved().catch(() => undefined);
          break;
        }
        case "new_key": {
          void this.refresh().catch(() => undefined);
          break;
        }
        case "request": {
          requestTold(told);
          this.requestNews.value += 1;
          break;
        }
        default:
          break;
      }
    } catch {
      // Told things are never promises: what cannot be read now comes with the log.
    }
  }

  /** Somebody left or came back: who would read is in the list. A talk that is no longer there went with them. */
  async #someoneMoved(): Promise<void> {
    const list = await this.refresh();
    for (const [id, { talk }] of this.#open) {
      if (talk.members.peek().length > 0 && !list.some((c) => c.conversation === id)) talk.outside.value = true;
    }
  }

  /** A conversation moved on: the list knows without asking again, unless it has never heard of it. */
  #touch(id: string, position: number, atMs: number): void {
    const list = this.list.peek();
    if (list === null) return;
    if (!list.some((c) => c.conversation === id)) {
      void this.refresh().catch(() => undefined);
      return;
    }
    this.list.value = list.map((c) => (c.conversation === id && c.position < position ? { ...c, position, at_ms: atMs } : c));
  }

  async #connected(): Promise<void> {
    this.requestNews.value += 1;
    await this.refresh().catch(() => undefined);
    for (const { talk, outbox } of this.#open.values()) {
      await talk.catchUp().catch(() => undefined);
      outbox.hurry();
    }
  }

  /** A new epoch in every conversation: after a new key. What cannot be reached now follows with the next words there. */
  async newEpochs(): Promise<void> {
    const own = this.me.session.account;
    for (const said of await this.refresh()) {
      const mine = said.members.find((m) => m.account === own);
      if (mine === undefined || (mine.part !== "client" && mine.part !== "listener")) continue;
      await this.open(said.conversation).outbox.newEpoch().catch(() => undefined);
    }
  }

  async #restored(): Promise<void> {
    await this.refresh().catch(() => undefined);
    for (const open of this.#open.values()) await this.#readAnew(open);
  }

  /** A key that was lost here is replaced by the one this account has: what was passed on opens now. */
  async openedAgain(id: string): Promise<void> {
    await this.refresh().catch(() => undefined);
    await this.#readAnew(this.open(id));
  }

  async #readAnew({ talk, outbox }: Open): Promise<void> {
    await talk.readAnew();
    outbox.hindrance.value = { is: "nothing" };
    outbox.hurry();
  }

  end(): void {
    for (const stop of this.#stop) stop();
    for (const { talk, outbox } of this.#open.values()) {
      talk.end();
      outbox.end();
    }
    this.#open.clear();
  }
}


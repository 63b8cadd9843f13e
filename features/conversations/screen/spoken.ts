// SPDX-License-Identifier: AGPL-3.0-or-later
// Is it really us? Two people read four words to each other (FORMAT.md, 10). Whoever begins sends a promise, the other
// a number, then the promise is kept: only after that do both see the words, so nobody between them can choose any.
import { signal } from "@preact/signals";
import type { SpokenStep, SpokenWords } from "../../../web/bridge/vault/vault.ts";
import { trust } from "../../../web/net/me.ts";
import type { Outbox } from "./outbox.ts";
import type { Talk } from "./talk.ts";

export type Checking =
  | { readonly is: "nothing" }
  | { readonly is: "asked"; readonly other: string; readonly promise: SpokenStep }
  | { readonly is: "waiting"; readonly other: string; readonly began: boolean }
  | { readonly is: "words"; readonly other: string; readonly words: SpokenWords }
  | { readonly is: "same" | "different" | "broken"; readonly other: string };

export type Move =
  | { readonly do: "nothing" }
  | { readonly do: "ask_me" } // show that the other would like to check
  | { readonly do: "answer" }
  | { readonly do: "reveal" }
  | { readonly do: "finish" };

/** What a step of the other means now. Both began at once: the promise of the one with the lower name goes on. Pure. */
export function moveFor(now: Checking, me: string, from: string, step: SpokenStep["step"]): Move {
  switch (step) {
    case 1:
      if (now.is === "waiting" && now.began && now.other === from) return { do: me < from ? "nothing" : "answer" };
      return { do: "ask_me" };
    case 2:
      return { do: now.is === "waiting" && now.began && now.other === from ? "reveal" : "nothing" };
    case 3:
      return { do: now.is === "waiting" && !now.began && now.other === from ? "finish" : "nothing" };
    default:
      return step satisfies never;
  }
}

export class SpokenCheck {
  readonly now = signal<Checking>({ is: "nothing" });
  readonly #talk: Talk;
  readonly #outbox: Outbox;

  constructor(talk: Talk, outbox: Outbox) {
    this.#talk = talk;
    this.#outbox = outbox;
    talk.onSpoken = (from, step) => void this.#heard(from, step);
  }

  async begin(other: string): Promise<void> {
    this.now.value = { is: "waiting", other, began: true };
    await this.#step(other, undefined);
  }

  async answer(): Promise<void> {
    const now = this.now.peek();
    if (now.is === "asked") await this.#answer(now.other, now.promise);
  }

  async same(): Promise<void> {
    const now = this.now.peek();
    const ik = now.is === "words" ? this.#talk.view.peek()?.members.find((m) => m.account === now.other)?.ik : undefined;
    if (now.is !== "words" || ik === undefined) return;
    await trust(this.#talk.me, now.other, ik, "spoken");
    this.now.value = { is: "same", other: now.other };
  }

  different(): void {
    const now = this.now.peek();
    if (now.is === "words") this.now.value = { is: "different", other: now.other };
  }

  close(): void {
    this.now.value = { is: "nothing" };
  }

  async #heard(from: string, step: SpokenStep): Promise<void> {
    const move = moveFor(this.now.peek(), this.#talk.me.session.account, from, step.step);
    switch (move.do) {
      case "nothing":
        return;
      case "ask_me":
        this.now.value = { is: "asked", other: from, promise: step };
        return;
      case "answer":
        return this.#answer(from, step);
      case "reveal":
      case "finish":
        return this.#step(from, step);
      default:
        return move satisfies never;
    }
  }

  async #answer(other: string, promise: SpokenStep): Promise<void> {
    this.now.value = { is: "waiting", other, began: false };
    await this.#step(other, promise);
  }

  async #step(other: string, received: SpokenStep | undefined): Promise<void> {
    try {
      const asked = { conversation: this.#talk.id, other, ...(received === undefined ? {} : { received }) };
      const { send, words } = await this.#talk.me.vault.ask("spokenStep", asked);
      if (send !== undefined) await this.#outbox.put({ kind: "spoken", ...send });
      if (words !== undefined) this.now.value = { is: "words", other, words };
    } catch {
      // What came is not what was promised, or the keys changed meanwhile: that is no check.
      this.now.value = { is: "broken", other };
    }
  }
}

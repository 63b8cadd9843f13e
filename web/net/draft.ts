// SPDX-License-Identifier: AGPL-3.0-or-later
// A draft that survives: sealed on this device a moment after the last key and every few seconds while somebody writes, and once
// more when the page goes out of sight.
import { signal, type Signal } from "@preact/signals";
import type { Vault } from "../bridge/vault/vault.ts";
import { beforeLock } from "./me.ts";

const AFTER_PAUSE_MS = 800;
const WHILE_WRITING_MS = 3000;

export class Draft {
  readonly text: Signal<string> = signal("");
  /** false: this device refuses to keep anything (storage full, private window). Said to the person, never hidden. */
  readonly kept = signal(true);
  readonly #vault: Vault;
  readonly #label: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firstUnkeptAt = 0;
  #saved = "";
  readonly #forget: () => void;
  readonly #onHide = (): void => {
    if (document.visibilityState === "hidden") void this.keep();
  };

  constructor(vault: Vault, label: string) {
    this.#vault = vault;
    this.#label = label;
    document.addEventListener("visibilitychange", this.#onHide);
    this.#forget = beforeLock(() => this.keep());
  }

  /** What was kept. Words typed meanwhile win. */
  async load(): Promise<void> {
    const bytes = await this.#vault.ask("localGet", { label: this.#label }).catch(() => null);
    if (bytes === null || this.text.peek() !== "") return;
    this.#saved = new TextDecoder().decode(bytes);
    this.text.value = this.#saved;
  }

  write(text: string): void {
    this.text.value = text;
    const now = performance.now();
    if (this.#firstUnkeptAt === 0) this.#firstUnkeptAt = now;
    clearTimeout(this.#timer);
    const waited = now - this.#firstUnkeptAt;
    this.#timer = setTimeout(() => void this.keep(), Math.max(0, Math.min(AFTER_PAUSE_MS, WHILE_WRITING_MS - waited)));
  }

  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#firstUnkeptAt = 0;
    const text = this.text.peek();
    if (text === this.#saved || this.#vault.locked) return;
    try {
      this.kept.value = await this.#put(text);
      this.#saved = text;
    } catch {
      if (!this.#vault.locked) this.kept.value = false;
    }
  }

  async #put(text: string): Promise<boolean> {
    if (text !== "") return (await this.#vault.ask("localPut", { label: this.#label, content: new TextEncoder().encode(text) })).stored;
    await this.#vault.ask("localDrop", { label: this.#label });
    return true;
  }

  /** The words are somewhere safer now. */
  async done(): Promise<void> {
    this.text.value = "";
    await this.keep();
  }

  end(): void {
    void this.keep();
    this.#forget();
    document.removeEventListener("visibilitychange", this.#onHide);
  }
}

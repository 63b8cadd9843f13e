// SPDX-License-Identifier: AGPL-3.0-or-later
// Which screen stands. The address in the browser never changes with it: neither the history, nor the place's log, nor
// somebody looking over a shoulder learns where a person was. The Back button works, from memory; after a reload the page begins at
// the screen that fits who is there.
import { signal, type ReadonlySignal } from "@preact/signals";

export class Router<Screen> {
  readonly #screen: ReturnType<typeof signal<Screen>>;
  readonly #been: Screen[];
  #at = 0;

  constructor(first: Screen) {
    this.#screen = signal(first);
    this.#been = [first];
    history.replaceState({ at: 0 }, "", location.pathname);
    window.addEventListener("popstate", (event) => this.#popped(event.state));
  }

  get screen(): ReadonlySignal<Screen> {
    return this.#screen as ReadonlySignal<Screen>;
  }

  /** On to a screen one can come back from. */
  go(screen: Screen): void {
    this.#at += 1;
    this.#been.splice(this.#at, this.#been.length, screen);
    history.pushState({ at: this.#at }, "");
    this.#show(screen);
  }

  /** To a screen from which there is no way back: after arriving, after signing out. */
  settle(screen: Screen): void {
    this.#been.splice(0, this.#been.length, screen);
    this.#at = 0;
    history.replaceState({ at: 0 }, "");
    this.#show(screen);
  }

  back(): void {
    if (this.#at > 0) history.back();
  }

  #popped(state: unknown): void {
    const at = typeof state === "object" && state !== null && "at" in state && typeof state.at === "number" ? state.at : 0;
    const screen = this.#been[at];
    if (screen === undefined) {
      // A step from before the last settle: stay where we are.
      history.replaceState({ at: this.#at }, "");
      return;
    }
    this.#at = at;
    this.#show(screen);
  }

  #show(screen: Screen): void {
    this.#screen.value = screen;
    scrollTo(0, 0);
  }
}

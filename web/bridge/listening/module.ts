// SPDX-License-Identifier: AGPL-3.0-or-later
// One instance of listening.wasm. The module imports nothing, and nothing here reaches beyond it: no path to a network
// exists. What people wrote is wiped after each question.
import { HINTS, type Figures, type Hint, type Turn } from "./types.ts";

type Exports = {
  memory: WebAssembly.Memory;
  _initialize(): void;
  listening_weights(n: number): number;
  listening_open(): number;
  listening_input(n: number): number;
  listening_output(): number;
  listening_conversation(n: number): number;
  listening_hint(n: number): number;
  listening_wipe(): void;
};

const TURN_HEAD = 1 + 1 + 8 + 4;
const LOOKED_AT = 20; // turns before a draft that matter

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ListeningError extends Error {
  constructor(readonly number: number) {
    super(`listening ${number}`);
    this.name = "ListeningError";
  }
}

export class ListeningModule {
  readonly #exports: Exports;

  constructor(module: WebAssembly.Module, weights: ArrayBuffer | null) {
    this.#exports = new WebAssembly.Instance(module, {}).exports as Exports;
    this.#exports._initialize();
    if (weights !== null) {
      const at = this.#exports.listening_weights(weights.byteLength);
      if (at === 0) throw new ListeningError(0);
      new Uint8Array(this.#exports.memory.buffer, at, weights.byteLength).set(new Uint8Array(weights));
    }
    this.#done(this.#exports.listening_open());
  }

  /** All that the module holds: for the test that looks for what should not be there. */
  get memory(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer);
  }

  #done(code: number): number {
    if (code < 0) throw new ListeningError(code);
    return code;
  }

  figures(turns: readonly Turn[]): Figures {
    return JSON.parse(this.figuresText(turns)) as Figures;
  }

  /** The very bytes that the native engine prints. */
  figuresText(turns: readonly Turn[]): string {
    return this.#ask(turns, new Uint8Array(), (n) => this.#exports.listening_conversation(n), (answer) => decoder.decode(answer));
  }

  hint(turns: readonly Turn[], draft: string): Hint | null {
    const bytes = encoder.encode(draft);
    return this.#ask(turns.slice(-LOOKED_AT), bytes, (n) => this.#exports.listening_hint(n), (answer) => {
      const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
      const kind = HINTS[view.getUint8(0)] ?? "none";
      if (kind === "none") return null;
      const place = (at: number): number => decoder.decode(bytes.subarray(0, at)).length;
      return { kind, from: place(view.getUint32(1)), to: place(view.getUint32(5)), sureness: view.getFloat32(9) };
    });
  }

  #ask<T>(turns: readonly Turn[], rest: Uint8Array, run: (n: number) => number, read: (answer: Uint8Array) => T): T {
    const texts = turns.map((turn) => encoder.encode(turn.text));
    const n = 4 + texts.reduce((sum, text) => sum + TURN_HEAD + text.length, 0) + rest.length;
    const at = this.#exports.listening_input(n);
    if (at === 0) throw new ListeningError(0);
    const view = new DataView(this.#exports.memory.buffer, at, n);
    const bytes = new Uint8Array(this.#exports.memory.buffer, at, n);
    view.setUint32(0, turns.length);
    let to = 4;
    turns.forEach((turn, i) => {
      const text = texts[i] ?? new Uint8Array();
      const start = Math.max(0, Math.floor(turn.start_ms ?? 0));
      view.setUint8(to, turn.who === "listener" ? 0 : 1);
      view.setUint8(to + 1, turn.start_ms === undefined ? 0 : 1);
      view.setUint32(to + 2, Math.floor(start / 0x1_0000_0000));
      view.setUint32(to + 6, start % 0x1_0000_0000);
      view.setUint32(to + 10, text.length);
      bytes.set(text, to + TURN_HEAD);
      to += TURN_HEAD + text.length;
    });
    bytes.set(rest, to);
    try {
      const length = this.#done(run(n));
      return read(new Uint8Array(this.#exports.memory.buffer, this.#exports.listening_output(), length));
    } finally {
      this.#exports.listening_wipe();
    }
  }
}

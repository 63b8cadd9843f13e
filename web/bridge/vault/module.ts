// SPDX-License-Identifier: AGPL-3.0-or-later
// One instance of vault.wasm: a call is an operation, a question and an answer in two buffers of the module's memory.
import { BridgeError } from "../rpc.ts";
import { Reader, Writer } from "./codec.ts";
import { OPS, type Op } from "./ops.ts";

type Exports = {
  memory: WebAssembly.Memory;
  _initialize(): void;
  vault_request(): number;
  vault_reply(): number;
  vault_buffer_bytes(): number;
  vault_call(op: number, n: number): number;
  vault_reply_wipe(): void;
};

/** hk_err of base/result.h, by number. */
const REFUSALS = ["", "not_there", "locked", "refused", "bad", "conflict", "too_much", "no_memory", "failed", "busy"];

const RANDOM_CALL_MAX = 65536;

/** Compiles while it loads; a server without the right type of answer costs only the streaming. */
export async function compile(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok) throw new BridgeError("failed");
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

export class VaultModule {
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly #exports: Exports;
  readonly #request: Uint8Array;
  readonly #reply: Uint8Array;

  private constructor(exports: Exports) {
    this.#exports = exports;
    this.memory = new Uint8Array(exports.memory.buffer as ArrayBuffer);
    const n = exports.vault_buffer_bytes();
    this.#request = this.memory.subarray(exports.vault_request(), exports.vault_request() + n);
    this.#reply = this.memory.subarray(exports.vault_reply(), exports.vault_reply() + n);
  }

  /** random: for tests that want the same draws again. */
  static async start(
    module: WebAssembly.Module,
    random: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => void crypto.getRandomValues(bytes),
  ): Promise<VaultModule> {
    const held: { memory?: WebAssembly.Memory } = {};
    const random_fill = (at: number, n: number): void => {
      if (held.memory === undefined || n > RANDOM_CALL_MAX) throw new BridgeError("failed");
      random(new Uint8Array(held.memory.buffer as ArrayBuffer, at, n));
    };
    const instance = await WebAssembly.instantiate(module, { hearken: { random_fill } });
    const exports = instance.exports as Exports;
    held.memory = exports.memory;
    exports._initialize();
    return new VaultModule(exports);
  }

  /** What `write` puts into the question is wiped by the module, the answer after `read` has seen it. */
  call<T>(op: Op, write: (question: Writer) => unknown, read: (answer: Reader) => T): T {
    const question = new Writer(this.#request);
    try {
      write(question);
    } catch (error) {
      this.#request.fill(0);
      throw error;
    }
    const n = this.#run(op, question.length);
    if (n < 0) throw new BridgeError(REFUSALS[-n] ?? "failed");
    try {
      return read(new Reader(this.#reply.subarray(0, n)));
    } finally {
      this.#reply.fill(0, 0, n);
    }
  }

  #run(op: Op, n: number): number {
    try {
      return this.#exports.vault_call(OPS[op], n);
    } catch {
      // A trap (an assertion, the stack's end): what is in memory can no longer be trusted to be whole.
      this.wipe();
      throw new BridgeError("crashed");
    }
  }

  /** Every key, word and buffer. Nothing can be called afterwards. */
  wipe(): void {
    this.memory.fill(0);
  }
}

export const nothing = (): null => null;

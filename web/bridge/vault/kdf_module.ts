// SPDX-License-Identifier: AGPL-3.0-or-later
// Argon2 in an instance of its own, run once: libsodium leaves what it computed in its memory, so the memory is wiped
// here and the worker around it is thrown away.
import { BridgeError } from "../rpc.ts";
import type { Bytes } from "./types.ts";

type Exports = {
  memory: WebAssembly.Memory;
  _initialize(): void;
  kdf_buffer(): number;
  kdf_run(n: number): number;
};

const R_BYTES = 32;
const NO_MEMORY = -7;

/** input: what vault.wasm's kdf_input gave; wiped here. segments: called after each of Argon2's t * 4 segments. */
export async function runKdf(
  module: WebAssembly.Module,
  input: Bytes,
  segments: (done: number) => void,
): Promise<{ r: Bytes; memory: WebAssembly.Memory }> {
  const instance = await WebAssembly.instantiate(module, { hearken: { kdf_progress: segments } });
  const exports = instance.exports as Exports;
  exports._initialize();
  const at = exports.kdf_buffer();
  new Uint8Array(exports.memory.buffer, at, input.length).set(input);
  const n = input.length;
  input.fill(0);
  try {
    const code = exports.kdf_run(n);
    if (code < 0) throw new BridgeError(code === NO_MEMORY ? "no_memory" : "refused");
    return { r: new Uint8Array(exports.memory.buffer, at, R_BYTES).slice() as Bytes, memory: exports.memory };
  } finally {
    new Uint8Array(exports.memory.buffer).fill(0);
  }
}

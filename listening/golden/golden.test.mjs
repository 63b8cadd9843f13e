// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The golden conversations through the WASM engine, with and without SIMD: the very bytes that the native engine
// prints. Needs `make wasm` (build-wasm, or the folder in HEARKEN_WASM).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const folder = process.env.HEARKEN_WASM ?? join(here, "../../build-wasm");
const encoder = new TextEncoder();

function packed(turns) {
  const bytes = [];
  const u32 = (v) => [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255];
  bytes.push(...u32(turns.length));
  for (const turn of turns) {
    const text = encoder.encode(turn.text);
    const start = turn.start_ms ?? 0;
    bytes.push(turn.who === "listener" ? 0 : 1, turn.start_ms === undefined ? 0 : 1, ...u32(Math.floor(start / 2 ** 32)), ...u32(start >>> 0));
    bytes.push(...u32(text.length), ...text);
  }
  return Uint8Array.from(bytes);
}

function figures(file, weights, turns) {
  const engine = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, file))), {}).exports;
  const lay = (at, bytes) => new Uint8Array(engine.memory.buffer).set(bytes, at);
  engine._initialize();
  if (weights) lay(engine.listening_weights(weights.length), weights);
  assert.equal(engine.listening_open(), 0);
  const input = packed(turns);
  lay(engine.listening_input(input.length), input);
  const n = engine.listening_conversation(input.length);
  assert.ok(n > 0, `error ${n}`);
  return Buffer.from(engine.memory.buffer, engine.listening_output(), n).toString();
}

for (const file of ["listening.wasm", "listening-simd.wasm"])
  for (const name of ["heard", "heard-recogniser", "told", "edges"])
    for (const kind of ["model", "rules"])
      test(`${file} says of ${name} by ${kind} what the native engine says`, () => {
        const { turns } = JSON.parse(readFileSync(join(here, `${name}.json`), "utf8"));
        const weights = kind === "model" ? readFileSync(join(here, "../model/en.hkm")) : null;
        assert.equal(figures(file, weights, turns), readFileSync(join(here, `${name}.${kind}.json`), "utf8").trim());
      });

test("what a phone fetches of the engine is at most 4 MB, code and weights together, and the code asks for nothing from outside", () => {
  const weights = readFileSync(join(here, "../model/en.hkm")).length;
  for (const file of ["listening.wasm", "listening-simd.wasm"]) {
    const code = readFileSync(join(folder, file));
    assert.ok(code.length + weights <= 4_000_000, `${file}: ${code.length + weights} bytes`);
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(code)), []);
  }
});

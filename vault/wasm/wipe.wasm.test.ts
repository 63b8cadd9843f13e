// SPDX-License-Identifier: AGPL-3.0-or-later
// What stays in memory. Every draw of randomness is written down: keys come from them, so they are the canaries. The scan
// proves itself first: before the lock it finds what it later must not find.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { Conversations } from "../../web/bridge/vault/conversations.ts";
import { Files } from "../../web/bridge/vault/files.ts";
import { runKdf } from "../../web/bridge/vault/kdf_module.ts";
import { memberFrom } from "../../web/bridge/vault/members.ts";
import { nothing, type VaultModule } from "../../web/bridge/vault/module.ts";
import { drawId, NOW, startModule, wasmFile } from "./testing/person.ts";

const WORDS = "words that only two may read: 51b7c0";

type Watched = { module: VaultModule; draws: Uint8Array[] };

async function watched(): Promise<Watched> {
  const draws: Uint8Array[] = [];
  const module = await startModule((bytes) => {
    webcrypto.getRandomValues(bytes);
    if (bytes.length >= 16) draws.push(bytes.slice());
  });
  return { module, draws };
}

function found(memory: Uint8Array, canaries: readonly Uint8Array[]): number {
  const all = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  return canaries.filter((canary) => all.includes(Buffer.from(canary))).length;
}

/** A whole unlock: account, private conversation, words, a draft, a place key. */
function live({ module }: Watched): void {
  const account = drawId(module);
  module.call("root_device_make", nothing, nothing);
  module.call("account_make", (q) => q.id(account), memberFrom);
  module.call("record_make", (q) => q.u32(1), nothing);
  const conversations = new Conversations(module, new Files(module));
  const conversation = drawId(module);
  const { commit, wraps } = conversations.privateGenesis(conversation);
  const wrap = wraps[0]?.wrap;
  conversations.read(conversation, account, [{ position: 1, kind: "commit", bytes: commit, wrap }], 1, NOW);
  const sealed = conversations.seal(conversation, { kind: "text", text: WORDS }, NOW, drawId(module));
  conversations.read(conversation, account, [{ position: 2, kind: "message", bytes: sealed.envelope }], 2, NOW);
  module.call("place_make", nothing, nothing);
}

test("after lock the memory holds no key, no draw and no word", async () => {
  const it = await watched();
  live(it);
  const words = new TextEncoder().encode(WORDS);
  assert.ok(it.draws.length >= 10, `${it.draws.length} draws`);
  assert.ok(found(it.module.memory, it.draws) >= 4, "the scan finds keys while they are in use");
  assert.equal(found(it.module.memory, [words]), 1, "and the words of the last message");
  it.module.wipe();
  assert.equal(found(it.module.memory, it.draws), 0);
  assert.equal(found(it.module.memory, [words]), 0);
  assert.ok(it.module.memory.every((byte) => byte === 0));
});

test("a password leaves no byte in the vault's memory once it is on its way to the KDF", async () => {
  const { module } = await watched();
  const password = new TextEncoder().encode("a heron stands in cold water 88");
  const write = (q: Parameters<Parameters<VaultModule["call"]>[1]>[0]): unknown => {
    q.shortText("quiet-heron-4821").rest(new Uint8Array(16).fill(7)).u32(3).u32(64 << 20).u32(0).u32(0);
    return q.shortText("").rest(password);
  };
  const input = module.call("kdf_input", write, (a) => a.rest());
  assert.equal(found(input, [password]), 1, "the input is what carries it");
  assert.equal(found(module.memory, [password]), 0);
});

test("after the KDF its memory is all zero, its answer is the same again, and progress was told", async () => {
  const { module } = await watched();
  const input = module.call(
    "kdf_input",
    (q) => {
      q.shortText("quiet-heron-4821").rest(new Uint8Array(16).fill(7)).u32(1).u32(46 << 20).u32(0).u32(0);
      return q.shortText("").rest(new TextEncoder().encode("a heron stands in cold water 88"));
    },
    (a) => a.rest(),
  );
  const before = input.slice();
  const kdf = await WebAssembly.compile(wasmFile("kdf.wasm"));
  const segments: number[] = [];
  const { r, memory } = await runKdf(kdf, input, (done) => segments.push(done));
  assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0));
  assert.ok(memory.buffer.byteLength > 46 << 20);
  assert.ok(input.every((byte) => byte === 0), "the password's bytes are gone");
  assert.deepEqual(segments, [1, 2, 3, 4]);
  const again = await runKdf(kdf, before, () => {});
  assert.deepEqual(again.r, r);
});

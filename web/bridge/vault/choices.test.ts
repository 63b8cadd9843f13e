// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstOf, joined, withFirst } from "./choices.ts";

const none = new Uint8Array();
const hash = new Uint8Array(32).fill(7);
const other = new TextEncoder().encode('{"ek_ms":5}');

test("a device that did not ask knows what is waited for", () => {
  const choices = withFirst(none, "one", hash);
  assert.deepEqual(firstOf(choices, "one"), hash);
  assert.equal(firstOf(choices, "two"), null);
  assert.equal(firstOf(new TextEncoder().encode("no json"), "one"), null);
});

test("what somebody else keeps among the choices stays", () => {
  assert.equal(JSON.parse(new TextDecoder().decode(withFirst(other, "one", hash))).ek_ms, 5);
});

test("two devices that ask at the same time wait for both", () => {
  const both = joined(withFirst(none, "one", hash), withFirst(other, "two", hash));
  assert.ok(both !== null);
  assert.deepEqual(firstOf(both, "one"), hash);
  assert.deepEqual(firstOf(both, "two"), hash);
  assert.equal(joined(withFirst(none, "two", hash), both), null);
});

test("it never grows without end", () => {
  let choices: Uint8Array = none;
  for (let i = 0; i < 100; i++) choices = withFirst(choices, `conversation-${i}`, hash);
  assert.ok(choices.length < 1024);
  assert.deepEqual(firstOf(choices, "conversation-99"), hash);
});

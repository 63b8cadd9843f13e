// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFrom, comerMove, groupsOfThree, listenerMove } from "./coming.ts";

const some = new Uint8Array(32);

test("a code is nine digits, however it is said", () => {
  assert.equal(codeFrom("482 917 365"), "482917365");
  assert.equal(codeFrom(" 482-917.365 "), "482917365");
  assert.equal(codeFrom("48291736"), null);
  assert.equal(codeFrom("4829173650"), null);
  assert.equal(codeFrom("48291736x"), null);
  assert.equal(groupsOfThree("482917365"), "482 917 365");
});

test("whoever comes back answers once, reads once, and enters only when it is done", () => {
  assert.deepEqual(comerMove({ state: "met" }, false, false), { do: "wait" });
  assert.deepEqual(comerMove({ state: "met", promise: some }, false, false), { do: "answer" });
  assert.deepEqual(comerMove({ state: "met", promise: some }, true, false), { do: "wait" });
  assert.deepEqual(comerMove({ state: "met", promise: some, reveal: some }, true, false), { do: "read" });
  assert.deepEqual(comerMove({ state: "met", promise: some, reveal: some }, true, true), { do: "wait" });
  assert.deepEqual(comerMove({ state: "done" }, true, true), { do: "enter" });
});

test("a reveal before one's own answer is no check: it is not read", () => {
  assert.deepEqual(comerMove({ state: "met", promise: some, reveal: some }, false, false), { do: "answer" });
});

test("what ends it is said, whichever side it came from", () => {
  assert.deepEqual(comerMove({ state: "different" }, true, true), { do: "end", why: "different" });
  assert.deepEqual(listenerMove({ state: "stopped" }, true, true), { do: "end", why: "stopped" });
});

test("a listener's page that did not make the promise does not go on with it", () => {
  assert.deepEqual(listenerMove({ state: "met" }, false, false), { do: "promise" });
  assert.deepEqual(listenerMove({ state: "met", promise: some, answer: some }, true, false), { do: "reveal" });
  assert.deepEqual(listenerMove({ state: "met", promise: some, answer: some }, false, false), { do: "lost_thread" });
  assert.deepEqual(listenerMove({ state: "done" }, true, true), { do: "done" });
});

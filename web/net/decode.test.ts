// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, list, maybe, oneOf, shape, text, whole } from "./decode.ts";
import { ShapeError } from "./http.ts";

const kept = shape({ position: whole, bytes: maybe(bytes), kind: oneOf("message", "commit", "gone"), names: list(text) });

test("an answer of another shape is refused with the member's name, never with its content", () => {
  const secret = "what somebody said";
  assert.throws(
    () => kept({ position: secret, kind: "message", names: [] }),
    (error) => error instanceof ShapeError && error.message.includes("position") && !error.message.includes(secret),
  );
});

test("fractions, unsafe numbers, lists for objects and unknown words are refused", () => {
  assert.throws(() => kept({ position: 1.5, kind: "message", names: [] }), ShapeError);
  assert.throws(() => kept({ position: 2 ** 53, kind: "message", names: [] }), ShapeError);
  assert.throws(() => kept([]), ShapeError);
  assert.throws(() => kept(null), ShapeError);
  assert.throws(() => kept({ position: 1, kind: "rumour", names: [] }), ShapeError);
  assert.throws(() => kept({ position: 1, kind: "gone", names: [1] }), ShapeError);
});

test("null and missing are both not said", () => {
  assert.equal(kept({ position: 1, kind: "gone", names: [], bytes: null }).bytes, undefined);
  assert.equal(kept({ position: 1, kind: "gone", names: [], newer: 1 }).bytes, undefined);
});

test("a prototype's members are no members", () => {
  assert.throws(() => shape({ toString: text })(Object.create({ toString: "x" })), ShapeError);
});

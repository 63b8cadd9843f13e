// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromText, toText } from "./bytes.ts";

test("padding, foreign characters and leftover bits are refused", () => {
  for (const wrong of ["AA==", "A", "AA+/", "A A", "AB"]) assert.equal(fromText(wrong), null, wrong);
});

test("every length survives the way there and back", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    assert.deepEqual(fromText(toText(bytes)), bytes);
  }
});

test("half a megabyte does not overflow the stack", () => {
  const bytes = new Uint8Array(512 * 1024).fill(251);
  assert.equal(fromText(toText(bytes))?.length, bytes.length);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_BYTES, atEnd, fits, sendsOn, wouldRead } from "./writing.ts";

test("Enter alone never sends, nor while a sign is being put together", () => {
  const key = { key: "Enter", ctrlKey: false, metaKey: false, isComposing: false };
  assert.equal(sendsOn(key), false);
  assert.equal(sendsOn({ ...key, ctrlKey: true, isComposing: true }), false);
  assert.equal(sendsOn({ ...key, ctrlKey: true }), true);
  assert.equal(sendsOn({ ...key, metaKey: true }), true);
});

test("length is counted in bytes", () => {
  assert.ok(fits("a".repeat(LONGEST_BYTES)));
  assert.ok(!fits("a".repeat(LONGEST_BYTES + 1)));
  assert.ok(!fits("🫂".repeat(LONGEST_BYTES / 4 + 1)));
});

test("who left or may not come in any more reads nothing new", () => {
  const [ana, ben, cleo] = [{ disabled: false }, { disabled: true }, { left: true }];
  assert.deepEqual(wouldRead<{ disabled?: boolean; left?: boolean }>([ana, ben, cleo]), [ana]);
  assert.deepEqual(wouldRead([]), []);
});

test("new words do not pull away somebody who reads further up", () => {
  assert.equal(atEnd(0, 700, 5000), false);
  assert.equal(atEnd(4200, 700, 5000), true);
});

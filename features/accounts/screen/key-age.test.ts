// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf, choicesFrom } from "./key-age.ts";

const DAY = 86_400_000;

test("a key is old after 90 days, and its age counts from when it was first seen", () => {
  assert.equal(ageOf({}, 1, 100 * DAY), "begin");
  assert.equal(ageOf({ ek_serial: 1, ek_ms: 10 * DAY }, 1, 99 * DAY), "young");
  assert.equal(ageOf({ ek_serial: 1, ek_ms: 10 * DAY }, 1, 101 * DAY), "old");
  assert.equal(ageOf({ ek_serial: 1, ek_ms: 10 * DAY }, 2, 101 * DAY), "begin", "another device made a new one meanwhile");
});

test("choices that are not ours are begun anew", () => {
  assert.deepEqual(choicesFrom(new Uint8Array()), {});
  assert.deepEqual(choicesFrom(new TextEncoder().encode("[1]")), {});
  assert.deepEqual(choicesFrom(new TextEncoder().encode('{"ek_ms":5}')), { ek_ms: 5 });
});

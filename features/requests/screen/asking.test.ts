// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { canAsk, fits, nameFrom, twoNames } from "./asking.ts";

test("without a team's key nobody is asked to write", () => {
  assert.equal(canAsk(null), "unknown");
});

test("two names are never the same one", () => {
  for (const chance of [0, 0.25, 0.5, 0.75, 0.9999]) {
    const [a, b] = twoNames("A|B|C|D", () => chance);
    assert.notEqual(a, b);
    assert.ok(a !== "" && b !== "");
  }
});

test("a name is one line, fits its 64 bytes and cannot turn the page around", () => {
  assert.equal(nameFrom("  quiet \n heron\u202E  "), "quiet heron");
  assert.ok(new TextEncoder().encode(nameFrom("🦉".repeat(40))).length <= 64);
  assert.equal(nameFrom("🦉".repeat(40)), "🦉".repeat(16));
});

test("first words are measured in bytes: eight thousand letters of some scripts are too many", () => {
  assert.ok(fits("a".repeat(16_000)));
  assert.ok(fits("ש".repeat(8_000)));
  assert.ok(!fits("話".repeat(8_000)));
});

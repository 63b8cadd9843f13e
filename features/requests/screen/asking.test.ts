// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { canAsk, nameFrom, opening, placeClock, twoNames } from "./asking.ts";

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

test("the place's clock is in the place's zone, also in the night when clocks change", () => {
  assert.deepEqual(placeClock(Date.UTC(2026, 10, 23, 23, 30), "Europe/Berlin"), { weekday: 1, minute: 30 });
  assert.deepEqual(placeClock(Date.UTC(2026, 9, 25, 1, 30), "Europe/Berlin"), { weekday: 6, minute: 150 });
  assert.deepEqual(placeClock(Date.UTC(2026, 2, 29, 1, 30), "Europe/Berlin"), { weekday: 6, minute: 210 });
});

test("closed now means the next opening, also over the end of the week", () => {
  const hours = [{ weekday: 0, from_minute: 540, to_minute: 600 }];
  const monday = Date.UTC(2026, 10, 23, 8, 30);
  assert.equal(opening(hours, monday, "Europe/Berlin")?.open, true);
  const after = opening(hours, monday + 3_600_000, "Europe/Berlin");
  assert.ok(after !== null && !after.open && after.then.weekday === 0);
  assert.equal(opening([], monday, "Europe/Berlin"), null);
});

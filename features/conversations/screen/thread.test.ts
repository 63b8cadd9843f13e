// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { found, hasNews, inOrder, newestOfOthers, partsOf, reachOf, rowsOf, saysReach, type Item, type Reach } from "./thread.ts";

const DAY = Date.UTC(2026, 10, 23, 12);
let keys = 0;
function words(text: string, more: Partial<{ position: number | null; atMs: number; from: string; mine: boolean; reach: Reach }> = {}): Item {
  keys += 1;
  const { position = keys, atMs = DAY + keys * 1000, from = "ana", mine = false, reach = "kept" } = more;
  return { kind: "words", key: `k${keys}`, position, atMs, from, mine, text, reach, doubt: null };
}

test("a clock that runs ahead does not move words past what was kept before them", () => {
  const first = words("first", { position: 1, atMs: DAY + 900_000 });
  const second = words("second", { position: 2, atMs: DAY });
  const waiting = words("waiting", { position: null, atMs: DAY - 1 });
  assert.deepEqual(inOrder([waiting, second, first]), [first, second, waiting]);
});

test("read is only said when everybody has read, and never of words nobody kept", () => {
  assert.equal(reachOf(null, false, [99]), "device");
  assert.equal(reachOf(null, true, [99]), "way");
  assert.equal(reachOf(5, false, []), "kept");
  assert.equal(reachOf(5, false, [5, 4]), "kept");
  assert.equal(reachOf(5, false, [5, 6]), "read");
});

test("a day's heading stands once, before the first words of that day", () => {
  const rows = rowsOf([words("a", { atMs: DAY }), words("b", { atMs: DAY + 1 }), words("c", { atMs: DAY + 86_400_000 })]);
  assert.deepEqual(rows.map((r) => r.row), ["day", "item", "item", "day", "item"]);
});

test("words of the same person within five minutes go on, other people's never do", () => {
  const rows = rowsOf([words("a", { atMs: DAY }), words("b", { atMs: DAY + 299_000 }), words("c", { atMs: DAY + 299_001, from: "me", mine: true })]);
  assert.deepEqual(rows.map((r) => (r.row === "item" ? r.continues : null)), [null, false, true, false]);
});

test("the reach is said under one's last words and where it changes", () => {
  const a = words("a", { mine: true, reach: "read" });
  const b = words("b", { mine: true, reach: "kept" });
  const c = words("c", { mine: true, reach: "kept" });
  const keysSaid = saysReach([a, b, words("x"), c]);
  assert.deepEqual([...keysSaid].sort(), [a.key, c.key].sort());
});

test("search needs every word and does not mind accents or case", () => {
  const items = [words("Ich hörte ein Käuzchen"), words("nothing here"), words("KAUZCHEN und ich")];
  assert.deepEqual(found(items, "kauzchen ICH").map((i) => (i.kind === "words" ? i.text : "")), ["KAUZCHEN und ich", "Ich hörte ein Käuzchen"]);
  assert.deepEqual(found(items, "   "), []);
});

test("one's own words do not count as read", () => {
  assert.equal(newestOfOthers([words("a", { position: 3 }), words("b", { position: 9, mine: true })]), 3);
});

test("parts before the last stay the same lists in content", () => {
  assert.deepEqual(partsOf([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
});

test("one's own last words are no news; somebody else's are until they were seen", () => {
  const both = [words("a", { position: 3 }), words("b", { position: 9, mine: true })];
  assert.equal(hasNews(both, 3), false);
  assert.equal(hasNews(both, 2), true);
  assert.equal(hasNews([words("c", { position: null, mine: true })], 0), false);
});

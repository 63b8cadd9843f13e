// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { START, notInStart, pieceOf } from "../web/words.mjs";

const words = JSON.parse(readFileSync(new URL("../../web/words/en.json", import.meta.url), "utf8"));

test("the two pieces of a catalogue are the whole of it, and no sentence is in both", () => {
  const [start, rest] = [pieceOf(words, "start"), pieceOf(words, "rest")];
  assert.deepEqual({ ...start, ...rest }, words);
  assert.equal(Object.keys(start).length + Object.keys(rest).length, Object.keys(words).length);
  assert.ok("sign_in.title" in start || Object.keys(start).some((key) => key.startsWith("sign_in.")));
});

test("a sentence of a later screen on the first one is found, also one put together at run time", () => {
  assert.deepEqual(notInStart(['t("kit.retry")', 't("room.send")', "t(`hint.why_${kind}`)"], words), ["room.send", "hint.why_"]);
  assert.deepEqual(notInStart(['t("crisis.button")', 't("crisis.title")', 'a = "some.thing"'], words), ["crisis.title"]);
});

test("everything named for the start is there", () => {
  for (const name of START) assert.ok(name in words || Object.keys(words).some((key) => key.startsWith(`${name}.`)), name);
});

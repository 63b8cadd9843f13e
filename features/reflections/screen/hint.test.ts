// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksEnglish, mayAsk, turnsOf } from "./hint.ts";

const asking = { listens: true, wanted: true, helpOpened: false, draft: "You should just go to bed earlier." };

test("a draft is not looked at for clients, when switched off, once help was opened, or before it is a sentence", () => {
  assert.equal(mayAsk({ ...asking, listens: false }), false);
  assert.equal(mayAsk({ ...asking, wanted: false }), false);
  assert.equal(mayAsk({ ...asking, helpOpened: true }), false);
  assert.equal(mayAsk({ ...asking, draft: "You should" }), false);
  assert.equal(mayAsk({ ...asking, draft: "Du solltest einfach früher ins Bett gehen." }), false);
  assert.equal(mayAsk(asking), true);
});

test("another language is not taken for English, whatever words they share", () => {
  assert.equal(looksEnglish("Was war das für ein Tag, so hast du es gesagt?"), false);
  assert.equal(looksEnglish("Tu devrais simplement dormir plus tôt."), false);
  assert.equal(looksEnglish(""), false);
  assert.equal(looksEnglish("That’s a lot to carry, and you’re doing it on your own."), true);
});

test("messages of one person that follow each other are one turn; files and lines are none", () => {
  const turns = turnsOf([
    { kind: "line" },
    { kind: "words", mine: false, text: "I lie awake." },
    { kind: "file", mine: false },
    { kind: "words", mine: false, text: "Every night." },
    { kind: "words", mine: true, text: "Every night." },
  ]);
  assert.deepEqual(turns, [
    { who: "speaker", text: "I lie awake.\nEvery night." },
    { who: "listener", text: "Every night." },
  ]);
});

test("only the last twenty turns are shown", () => {
  const items = Array.from({ length: 50 }, (_, i) => ({ kind: "words", mine: i % 2 === 0, text: String(i) }));
  const turns = turnsOf(items);
  assert.equal(turns.length, 20);
  assert.equal(turns.at(-1)?.text, "49");
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { asJson, asPage, type Sentences, type Things } from "./things.ts";

const words: Sentences = { title: "My things", made: "Made", me: "Me", somebody: "Somebody", unverified: "could not be verified", gone: "deleted", locale: "en" };
const things = (text: string): Things => ({
  place: "A <place>",
  handle: "quiet-heron-1",
  madeMs: 0,
  talks: [
    {
      conversation: "c",
      kind: "pair",
      members: [{ name: "Ana", part: "listener", me: false }],
      names: new Map([["ana", "Ana"]]),
      felt: null,
      items: [
        { kind: "words", key: "1", position: 1, atMs: 0, from: "ana", mine: false, text, reach: "kept", doubt: null },
        { kind: "line", key: "2", position: 2, atMs: 1, says: "unverified" },
      ],
    },
  ],
});

test("no word of anybody becomes markup in the page one takes home", () => {
  const page = asPage(things("</p><script>alert(1)</script><img src=x onerror='a'>"), words);
  assert.ok(!page.includes("<script") && !page.includes("<img") && !page.includes("A <place>"));
  assert.ok(page.includes("default-src 'none'"));
});

test("JSON holds every word, also those that look like escapes, and says what could not be verified", () => {
  const text = 'quote " backslash \\ newline \n 🫂';
  const back = JSON.parse(asJson(things(text), words));
  assert.equal(back.conversations[0].entries[0].text, text);
  assert.equal(back.conversations[0].entries[1].says, "unverified");
});

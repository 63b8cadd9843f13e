// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { asJson, asPage, type Sentences, type Things } from "./things.ts";

const words: Sentences = { title: "My things", made: "Made", me: "Me", somebody: "Somebody", unverified: "could not be verified", gone: "deleted", felt: ["not heard", "partly heard", "felt heard"], alone: "For me alone", locale: "en" };
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
      felt: [],
      mirrors: [],
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

test("every answer about being heard and every kept look back goes along, each in its time, and is read again", () => {
  const [talk] = things("hello").talks;
  assert.ok(talk !== undefined);
  const kept = { atMs: 3000, sealed: { conversation: "c", tries: "at_least" }, title: "Kept <look> back", parts: [{ title: "A <moment>", lines: ["You <said> this"] }] };
  const all: Things = { ...things(""), talks: [{ ...talk, kind: "private", felt: [{ atMs: 1000, answer: 0, text: "" }, { atMs: 2000, answer: 2, text: "at <last>" }], mirrors: [kept] }] };
  const [back] = JSON.parse(asJson(all, words)).conversations;
  assert.deepEqual(back.felt_heard.map((f: { answer: string; text: string }) => [f.answer, f.text]), [["no", ""], ["yes", "at <last>"]]);
  assert.deepEqual(back.kept_mirrors, [{ at: "1970-01-01T00:00:03.000Z", conversation: "c", tries: "at_least" }]);
  const page = asPage(all, words);
  const order = ["For me alone", "hello", "not heard", "felt heard", "at &#60;last&#62;", "Kept &#60;look&#62; back", "A &#60;moment&#62;", "You &#60;said&#62; this"].map((one) => page.indexOf(one));
  assert.ok(order.every((at) => at > 0), String(order));
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLE } from "./example.ts";
import { likelyListener, readExchange, remarksOf, turnsOfExchange, type Exchange } from "./exchange.ts";

function read(text: string): Exchange {
  const found = readExchange(text);
  return found.is === "read" ? found.exchange : assert.fail(JSON.stringify(found));
}

test("the example reads, and its listener is known by name", () => {
  const exchange = read(EXAMPLE);
  assert.deepEqual(exchange.names, ["Robin", "Listener"]);
  assert.equal(exchange.said.length, 10);
  assert.equal(likelyListener(exchange), "Listener");
});

test("lines without a name go on with the one before; the same name twice is one turn; empty lines are nothing", () => {
  const { said } = read("A: I lie awake\nevery night\n\nA: since May\nB: Since May.");
  assert.deepEqual(said, [{ name: "A", text: "I lie awake\nevery night\nsince May" }, { name: "B", text: "Since May." }]);
});

test("times, stars, quotes and Windows line ends around names do no harm", () => {
  const { names, said } = read("[10:32] Ana: hi\r\n10:33 – Ben: hello\r\n**Ana:** how are you\r\n> Ben: tired\r\n(9:05 pm) ana: oh");
  assert.deepEqual(names, ["Ana", "Ben"]);
  assert.deepEqual(said.map((s) => `${s.name}|${s.text}`), ["Ana|hi", "Ben|hello", "Ana|how are you", "Ben|tired", "Ana|oh"]);
});

test("a colon in the middle of somebody's words, and an address, are no name", () => {
  const { names, said } = read("A: I know.\nOne thing: it hurts.\nB: It hurts.\nA: see\nhttps://example.org\nB: Yes.");
  assert.deepEqual(names, ["A", "B"]);
  assert.equal(said[0]?.text, "I know.\nOne thing: it hurts.");
  assert.equal(said[2]?.text, "see\nhttps://example.org");
});

test("what cannot be read is said with its reason", () => {
  assert.deepEqual(readExchange("  \n "), { is: "empty" });
  assert.deepEqual(readExchange("\nhello there\nA: hi\nB: ho"), { is: "no_name", line: 2 });
  assert.deepEqual(readExchange("just words"), { is: "no_name", line: 1 });
  assert.deepEqual(readExchange("A: hi\nA: ho"), { is: "one_name", name: "A" });
  assert.deepEqual(readExchange("A: 1\nB: 2\nC: 3\nA: 4\nB: 5\nC: 6"), { is: "many_names", names: ["A", "B", "C"] });
  assert.equal(readExchange("A: x\nB: y\n".repeat(201)).is, "too_long");
  assert.equal(readExchange(`A: ${"x".repeat(40_000)}`).is, "too_long");
});

test("who listens can be the first one, and is chosen by the caller in the end", () => {
  const exchange = read("Therapist: What brings you here?\nKim: I do not sleep.");
  assert.equal(likelyListener(exchange), "Therapist");
  assert.deepEqual(turnsOfExchange(exchange, "Kim").map((t) => t.who), ["speaker", "listener"]);
  assert.equal(likelyListener(read("Kim: hello\nSam: hi")), "Sam");
});

test("remarks are made only where the engine is fairly sure", () => {
  const code = {
    who: "listener" as const, main: "question" as const, reflection: 0, question: 0.9, open: 0.7, input: 0, advice: 0, unasked: 0, validation: 0,
    emotional_reaction: 0, interpretation: 0, exploration: 0, grounding: 0, unsure: false,
  };
  assert.deepEqual(remarksOf(code), []);
  assert.deepEqual(remarksOf({ ...code, open: 0.85 }), ["open"]);
  assert.deepEqual(remarksOf({ ...code, open: 0.1, unasked: 0.7, unsure: true }), ["closed", "unasked", "unsure"]);
  assert.deepEqual(remarksOf({ ...code, question: 0.5, open: 0.9, validation: 0.66 }), ["validation"]);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { moveFor, type Checking } from "./spoken.ts";

const began: Checking = { is: "waiting", other: "ana", began: true };
const answering: Checking = { is: "waiting", other: "ana", began: false };
const nothing: Checking = { is: "nothing" };

test("a promise out of nowhere only asks me; steps of a check that is over do nothing", () => {
  assert.deepEqual(moveFor(nothing, "me", "ana", 1), { do: "ask_me" });
  assert.deepEqual(moveFor(nothing, "me", "ana", 2), { do: "nothing" });
  assert.deepEqual(moveFor(nothing, "me", "ana", 3), { do: "nothing" });
  assert.deepEqual(moveFor({ is: "same", other: "ana" }, "me", "ana", 3), { do: "nothing" });
});

test("who began reveals after the answer, and never takes a reveal", () => {
  assert.deepEqual(moveFor(began, "me", "ana", 2), { do: "reveal" });
  assert.deepEqual(moveFor(began, "me", "ana", 3), { do: "nothing" });
  assert.deepEqual(moveFor(answering, "me", "ana", 3), { do: "finish" });
  assert.deepEqual(moveFor(answering, "me", "ana", 2), { do: "nothing" });
});

test("somebody else's step is not the step of whom I check with", () => {
  assert.deepEqual(moveFor(began, "me", "eve", 2), { do: "nothing" });
  assert.deepEqual(moveFor(answering, "me", "eve", 3), { do: "nothing" });
});

test("when both begin at once exactly one goes on", () => {
  const other: Checking = { is: "waiting", other: "me", began: true };
  const mine = moveFor(began, "me", "ana", 1).do;
  const theirs = moveFor(other, "ana", "me", 1).do;
  assert.deepEqual([mine, theirs].sort(), ["answer", "nothing"]);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { passes, troubleFrom } from "./problem.ts";

test("a refusal without a code is the place's trouble, never a reason to drop words", () => {
  assert.deepEqual(troubleFrom(400, "<html>"), { what: "place_trouble", status: 400 });
  assert.ok(passes(troubleFrom(502, null)));
});

test("a stale epoch keeps its members for the one who seals again", () => {
  const trouble = troubleFrom(409, { code: "stale_epoch", epoch: 3 });
  assert.equal(trouble.what, "refused");
  assert.ok(trouble.what === "refused" && trouble.more["epoch"] === 3);
  assert.ok(!passes(trouble));
});

test("signed out and not there are said alike whatever the body says", () => {
  assert.equal(troubleFrom(401, { code: "x" }).what, "signed_out");
  assert.equal(troubleFrom(404, {}).what, "not_there");
});

test("too many streams is a refusal, too many requests passes", () => {
  assert.equal(troubleFrom(429, { code: "too_many_streams" }).what, "refused");
  assert.equal(troubleFrom(429, {}).what, "slow_down");
});

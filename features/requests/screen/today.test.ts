// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { holders, mustMake } from "./team.ts";
import { inOrder, urgency } from "./today.ts";

test("half the time gone is said, and so is a broken promise", () => {
  assert.equal(urgency(0, 100, 49), "calm");
  assert.equal(urgency(0, 100, 50), "half");
  assert.equal(urgency(0, 100, 100), "late");
});

test("who is mine comes first, then who has waited longest", () => {
  const list = [
    { id: "new", for_me: false, made_ms: 3 },
    { id: "old", for_me: false, made_ms: 1 },
    { id: "mine", for_me: true, made_ms: 9 },
  ];
  assert.deepEqual(inOrder(list).map((r) => r.id), ["mine", "old", "new"]);
});

test("the team's key is renewed before it ends, and made when there is none", () => {
  const day = 86_400_000;
  assert.ok(mustMake(0, null, 0));
  assert.ok(mustMake(3, 6 * day, 0));
  assert.ok(!mustMake(3, 8 * day, 0));
});

test("nobody who is disabled, not vouched for, or no listener gets the team's key", () => {
  const one = { account: "a", name: "A", role: "peer", ik: new Uint8Array(), ek: new Uint8Array(), certified: true, disabled: false, here_until_ms: 0 };
  assert.deepEqual(
    holders([one, { ...one, disabled: true }, { ...one, certified: false }, { ...one, role: "admin" }, { ...one, role: "supervisor" }]),
    [one],
  );
});

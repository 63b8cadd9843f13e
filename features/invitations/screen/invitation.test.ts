// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { believed, invitationIn } from "./invitation.ts";

const zero = new Uint8Array(32);
const a = new Uint8Array(32).fill(1);
const b = new Uint8Array(32).fill(2);

test("an invitation of another place, or by somebody else than it says, is not believed", () => {
  assert.equal(believed({ place: a, inviter: b }, { place: b, inviter: b }), "another_place");
  assert.equal(believed({ place: a, inviter: b }, { place: null, inviter: b }), "another_place");
  assert.equal(believed({ place: a, inviter: b }, { place: a, inviter: a }), "another_inviter");
  assert.equal(believed({ place: a, inviter: b }, { place: a, inviter: null }), "another_inviter");
  assert.equal(believed({ place: zero, inviter: zero }, { place: a, inviter: a }), "another_inviter");
});

test("the place's own first invitation, and a good one, are believed", () => {
  assert.equal(believed({ place: zero, inviter: zero }, { place: null, inviter: null }), "first");
  assert.equal(believed({ place: a, inviter: b }, { place: a, inviter: b }), "yes");
  assert.equal(believed({ place: zero, inviter: b }, { place: null, inviter: b }), "yes");
});

test("only a whole invitation is taken from an address", () => {
  assert.equal(invitationIn("#back"), null);
  assert.equal(invitationIn("#1.short"), null);
  assert.equal(invitationIn(`#1.${"A".repeat(107)}`), `1.${"A".repeat(107)}`);
  assert.equal(invitationIn(`#1.${"A".repeat(106)}<`), null);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstScreen, homeOf, wishFrom } from "./screens.ts";

test("who came with the sheet sets a password and a sheet before anything else", () => {
  assert.equal(homeOf("client", true, "recovery", true, 3), "keep_first");
  assert.equal(homeOf("admin", true, "recovery", false, 0), "keep_first");
});

test("staff do not begin without a password", () => {
  assert.equal(homeOf("peer", false, "device", false, 0), "keep_first");
  assert.equal(homeOf("peer", false, "password", false, 0), "today");
  assert.equal(homeOf("admin", false, "password", false, 0), "administrator");
});

test("a person who waits comes back to the waiting room, one with talks to their place", () => {
  assert.equal(homeOf("client", false, "device", true, 2), "waiting");
  assert.equal(homeOf("client", false, "device", false, 1), "my_place");
  assert.equal(homeOf("client", false, "device", false, 0), "asking");
});

test("an invitation wins over everything in the address", () => {
  assert.deepEqual(firstScreen(wishFrom("/join", "#1.x", "1.x")), { at: "join", invitation: "1.x" });
  assert.equal(firstScreen(wishFrom("/talk", "#back", null)).at, "sign_in");
  assert.equal(firstScreen(wishFrom("/talk", "", null)).at, "home");
});

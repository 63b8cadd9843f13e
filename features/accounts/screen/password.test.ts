// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { handleFrom } from "./handle.ts";
import { accepted, adviceFor, askedGroups, groupsOf, sameGroup } from "./password.ts";

test("what is tried first everywhere is refused, also with signs around it", () => {
  for (const common of ["password", "Passwort1!", "12345678", "qwertzuiop", "aaaaaaaaaa", "Iloveyou!!", "11112222", "hallo123"]) {
    assert.equal(adviceFor(common), "common", common);
    assert.ok(!accepted(adviceFor(common)), common);
  }
});

test("too short is counted in bytes, as the vault does", () => {
  assert.equal(adviceFor("abcdefg"), "too_short");
  assert.equal(adviceFor("grüßdi"), "could_be_longer");
});

test("what cannot be typed again is refused before it locks somebody out", () => {
  assert.equal(adviceFor("abcdefgh\u0007"), "not_typeable");
  assert.equal(adviceFor("abcdefgh\ue000"), "not_typeable");
  assert.equal(adviceFor("abcdefgh\ud800"), "not_typeable");
});

test("a sentence is good, a word and a half could be longer", () => {
  assert.equal(adviceFor("der reiher steht still"), "good");
  assert.equal(adviceFor("stillereiher"), "could_be_longer");
});

test("two different groups are asked for, never the check group", () => {
  for (let i = 0; i < 200; i++) {
    const [a, b] = askedGroups(9, Math.random);
    assert.ok(a < b && b < 8);
  }
});

test("groups forgive case, spaces, O for 0 and L for 1, and nothing else", () => {
  assert.ok(sameGroup(" o1l7 ", "0117"));
  assert.ok(!sameGroup("", ""));
  assert.ok(!sameGroup("0118", "0117"));
  assert.deepEqual(groupsOf("AB12 CD34-EF56"), ["AB12", "CD34", "EF56"]);
});

test("a sign-in name is found however it is typed", () => {
  assert.equal(handleFrom("  Quiet Heron 4821 "), "quiet-heron-4821");
  assert.equal(handleFrom("quiet–heron_4821"), "quiet-heron-4821");
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCatalogues, checkUse, literalWords } from "./catalogues.mjs";

const whole = { en: { a: "Hello {{name}}" }, de: { a: "Hallo {{name}}" }, formal: {} };

test("a whole catalogue has no fault", () => assert.deepEqual(checkCatalogues(whole), []));

test("a missing sentence, other blanks and a lonely plural are found", () => {
  assert.equal(checkCatalogues({ ...whole, de: {} }).length, 1);
  assert.equal(checkCatalogues({ ...whole, de: { a: "Hallo" } }).length, 1);
  assert.equal(checkCatalogues({ en: { a_one: "x" }, de: { a_one: "x" }, formal: {} }).length, 1);
});

test("du without a formal sentence is found, and du inside the formal one", () => {
  assert.equal(checkCatalogues({ en: { a: "x" }, de: { a: "Was du schreibst" }, formal: {} }).length, 1);
  assert.equal(checkCatalogues({ en: { a: "x" }, de: { a: "Was du schreibst" }, formal: { a: "Was dein" } }).length, 1);
  assert.equal(checkCatalogues({ en: { a: "x" }, de: { a: "Das dumme Duell" }, formal: {} }).length, 0);
});

test("words that stand on no screen are found", () => {
  assert.equal(checkCatalogues({ en: { a: "The user" }, de: { a: "x" }, formal: {} }).length, 1);
});

test("words inside a drawing are found, names in code are not", () => {
  assert.equal(literalWords("<p>Hello there</p>").length, 1);
  assert.equal(literalWords('<p class="x">Hello</p>').length, 1);
  assert.equal(literalWords('<img alt="a photo" />').length, 1);
  assert.equal(literalWords("  Hello dear person.\n").length, 1);
  assert.equal(literalWords('<p>{t("a.b")}</p>').length, 0);
  assert.equal(literalWords("const x: Map<string, Signal<number>> = y;").length, 0);
  assert.equal(literalWords("// a comment with words\n/* and <p>this</p> */").length, 0);
});

test("a sentence nobody says is found", () => {
  assert.deepEqual(checkUse({ "a.b": "x", "c.d_one": "y", "c.d_other": "y" }, ['t("c.d")']), ['nobody says "a.b"']);
});

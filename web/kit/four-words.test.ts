// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { readAs, wordsAt } from "./four-words.ts";

const list = (language: string): string => fs.readFileSync(path.join(process.env["HEARKEN_ROOT"] ?? ".", "web/words/spoken", `${language}.txt`), "utf8");

test("both sides begin with the words of the place's language, whatever language the page speaks", () => {
  assert.equal(readAs("de"), "de");
  assert.equal(readAs("de-AT"), "de");
  assert.equal(readAs("en"), "en");
  assert.equal(readAs("den"), "en");
  assert.equal(readAs("pt-BR"), "en");
});

test("every number has a word in each language, the first and the last too", () => {
  for (const language of ["en", "de"]) {
    const words = wordsAt(list(language), Array.from({ length: 2048 }, (_, number) => number));
    assert.equal(new Set(words).size, 2048);
    assert.ok(words.every((word) => /^[A-Za-z]{3,10}$/.test(word)));
    assert.equal(list(language), `${words.join("\n")}\n`);
  }
  assert.deepEqual(wordsAt("abacus\nabbey\n", [1, 0, 1]), ["abbey", "abacus", "abbey"]);
});

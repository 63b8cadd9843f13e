// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { LINES, OLDEST_DAYS, ageInDays, countries, dialled, likelyCountry, linesFor, standingOf } from "./crisis.ts";

test("no crisis number is older than 180 days: look each up again, then change its date", () => {
  for (const line of LINES) {
    const age = ageInDays(line, Date.now());
    assert.ok(Number.isFinite(age), `${line.country} ${line.number} has no date`);
    assert.ok(age <= OLDEST_DAYS, `${line.country} ${line.number} was last seen ${age} days ago`);
  }
});

test("an entry of 181 days is found", () => {
  const line = LINES[0];
  assert.ok(line !== undefined);
  const first = Date.parse(`${line.checkedOn}-01T00:00:00Z`);
  assert.equal(ageInDays(line, first + 181 * 86_400_000), 181);
});

test("a line says of itself what is known: looked up, long ago, or not confirmed", () => {
  const [line] = LINES.filter((l) => l.confirmed);
  assert.ok(line !== undefined);
  const first = Date.parse(`${line.checkedOn}-01T00:00:00Z`);
  assert.equal(standingOf(line, first + 180 * 86_400_000), "seen");
  assert.equal(standingOf(line, first + 181 * 86_400_000), "old");
  assert.equal(standingOf({ ...line, confirmed: false }, first), "unconfirmed");
});

test("what was never seen in a source is not called confirmed, and what is confirmed names one", () => {
  for (const line of LINES) {
    const seen = /^(Seen in |https:\/\/)/.test(line.source);
    assert.equal(line.confirmed, seen, `${line.country} ${line.number}: ${line.source}`);
    if (!seen) assert.match(line.source, /to confirm/);
  }
});

test("every number says where it can be checked, and can be dialled", () => {
  for (const line of LINES) {
    assert.match(line.lookHere, /^https:\/\//);
    assert.match(line.country, /^[A-Z]{2}$/);
    assert.match(dialled(line.number), /^tel:[0-9]{2,15}$/);
    if (line.kind === "listening") assert.notEqual(line.name, "");
  }
});

test("people who listen come before the emergency number", () => {
  const kinds = linesFor("DE").map((line) => line.kind);
  assert.deepEqual(kinds, ["listening", "listening", "emergency"]);
});

test("a country nobody knows shows no wrong numbers", () => {
  assert.deepEqual(linesFor("XX"), []);
  assert.equal(likelyCountry(null, "XX", ["en"]), "");
});

test("what the person chose wins over the place, the place over the browser", () => {
  assert.equal(likelyCountry("FR", "DE", ["en-US"]), "FR");
  assert.equal(likelyCountry(null, "de", ["en-US"]), "DE");
  assert.equal(likelyCountry(null, null, ["en-US"]), "US");
});

test("no country is listed without a line that listens", () => {
  for (const country of countries()) {
    assert.ok(linesFor(country).some((line) => line.kind === "listening"), country);
  }
});

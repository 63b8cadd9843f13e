// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import de from "./de.json";
import formal from "./de-formal.json";
import en from "./en.json";
import { dayName, howLong } from "./when.ts";
import { bestLanguage, speak, t } from "./words.ts";

test("a person is one, people are more, and none is more than one", () => {
  speak("en", [en]);
  assert.equal(t("waiting.ahead", { count: 1 }), "1 person");
  assert.equal(t("waiting.ahead", { count: 0 }), "0 people");
  speak("de", [de]);
  assert.equal(t("waiting.ahead", { count: 1 }), "1 Mensch");
});

test("the formal variant says what differs and borrows the rest", () => {
  speak("de-formal", [formal, de]);
  assert.match(t("after.felt"), /Sie/);
  assert.equal(t("kit.close"), "Schließen");
});

test("what is filled in is never read as a blank itself", () => {
  speak("en", [en]);
  assert.equal(t("room.said_now", { name: "{{words}}", words: "x" }), "{{words}}: x");
});

test("an unknown language gets English", () => {
  assert.equal(bestLanguage(["fr-FR", "de-AT", "en"]), "de");
  assert.equal(bestLanguage(["fr"]), "en");
});

test("the day before a change of clocks is yesterday, in both directions", () => {
  speak("en", [en]);
  const noon = (month: number, day: number): number => new Date(2026, month, day, 12).getTime();
  assert.equal(dayName(noon(9, 24), noon(9, 25)), "Yesterday");
  assert.equal(dayName(noon(2, 28), noon(2, 29)), "Yesterday");
  assert.equal(dayName(new Date(2026, 9, 25, 0, 5).getTime(), new Date(2026, 9, 25, 23, 55).getTime()), "Today");
});

test("waiting is said in minutes, then hours, then days", () => {
  speak("en", [en]);
  assert.equal(howLong(30_000), "less than a minute");
  assert.equal(howLong(59 * 60_000), "59 minutes");
  assert.equal(howLong(47 * 3_600_000), "47 hours");
  assert.equal(howLong(48 * 3_600_000), "2 days");
});

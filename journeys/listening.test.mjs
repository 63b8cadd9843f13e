// SPDX-License-Identifier: AGPL-3.0-or-later
// The quiet mark beside what a listener writes: it comes after a pause, explains itself when asked, goes when the words change, never
// holds a message back; and no words leave the device on its account.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { chapter, scene } from "./place.mjs";
import { button, inARoom, say, shown, until } from "./people.mjs";

const QUESTIONS = "How long has it been? Did you eat? Did you call someone?";
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const asked = [];

let place, browser, ana, heron;
scene((there) => ({ place, browser } = there));

const mark = (page) => button(page, "A thought");
const write = (page, words) => page.getByLabel("Write here").fill(words);

/** Two seconds: the pause, and as much again for an engine that is awake. */
async function staysAway(page) {
  await page.waitForTimeout(2000);
  assert.equal(await mark(page).count(), 0);
}

chapter("a listener and a person are in a room", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  await shown(ana.page, "I have not slept for days.").waitFor();
  ana.context.on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
});

chapter("three questions at once bring one mark, which says why and another way on a press, by keyboard too", async () => {
  await write(ana.page, QUESTIONS);
  await mark(ana.page).waitFor();
  assert.equal(await mark(ana.page).getAttribute("aria-expanded"), "false");
  assert.equal(await shown(ana.page, /several questions at once/).isVisible(), false);
  await mark(ana.page).focus();
  await ana.page.keyboard.press("Enter");
  await shown(ana.page, /several questions at once/).waitFor();
  await shown(ana.page, /keep the one that matters most/).waitFor();
  if (process.env.HEARKEN_SHOTS !== undefined) {
    for (const colorScheme of ["light", "dark"]) {
      await ana.page.emulateMedia({ colorScheme });
      await ana.page.screenshot({ path: `${process.env.HEARKEN_SHOTS}/hint-${colorScheme}.png` });
    }
  }
});

/** Points of it that somebody sees: on the screen, and with nothing else over them. */
const inSight = (page, selector) =>
  page.locator(selector).last().evaluate((element) => {
    const { top, bottom, left } = element.getBoundingClientRect();
    let seen = 0;
    for (let y = Math.max(Math.ceil(top), 0); y < Math.min(bottom, innerHeight); y++) if (element.contains(document.elementFromPoint(left + 20, y))) seen += 1;
    return seen;
  });

for (const [name, height] of [["small", 640], ["small with the keyboard open", 300]]) {
  chapter(`on a phone that is ${name} the newest words stay in sight beside the open hint, and so does the box`, async () => {
    await write(ana.page, "");
    await mark(ana.page).waitFor({ state: "detached" });
    await ana.page.setViewportSize({ width: 360, height });
    await write(ana.page, QUESTIONS);
    await mark(ana.page).waitFor();
    await mark(ana.page).click();
    await shown(ana.page, /several questions at once/).waitFor();
    const wanted = { ".said-bubble": 30, "#composer": 40, ".hint-words": 60 };
    for (const [part, least] of Object.entries(wanted)) await until(`${part} in sight`, async () => (await inSight(ana.page, part)) >= least);
    if (process.env.HEARKEN_SHOTS !== undefined) await ana.page.screenshot({ path: `${process.env.HEARKEN_SHOTS}/hint-${height}.png` });
  });
}

chapter("a bright side over something hard brings its own", async () => {
  await ana.page.setViewportSize({ width: 360, height: 740 });
  await write(ana.page, "At least you have a job.");
  await shown(ana.page, /offers a bright side/).waitFor({ state: "attached" });
  await write(ana.page, QUESTIONS);
  await mark(ana.page).waitFor();
  await mark(ana.page).click();
});

chapter("the mark and its words pass axe", async () => {
  await ana.page.evaluate(AXE);
  const found = await ana.page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
});

chapter("advice that nobody asked for brings one too, with its own reason", async () => {
  await write(ana.page, "You should just go to bed earlier.");
  await shown(ana.page, /advice before it was asked for/).waitFor({ state: "attached" });
  await mark(ana.page).waitFor();
});

chapter("other words, and it is gone; a reflection brings none", async () => {
  await write(ana.page, "Days without sleep. That sounds exhausting.");
  await mark(ana.page).waitFor({ state: "detached" });
  await staysAway(ana.page);
});

chapter("sending with the mark there works, and the person reads the words as written", async () => {
  await write(ana.page, QUESTIONS);
  await mark(ana.page).waitFor();
  await button(ana.page, "Send").click();
  await shown(heron.page, QUESTIONS).waitFor();
  await mark(ana.page).waitFor({ state: "detached" });
});

chapter("the person who is heard never has a mark", async () => {
  await write(heron.page, QUESTIONS);
  await staysAway(heron.page);
  await say(heron.page, "I lie awake.");
});

chapter("once help was opened in this room, there is none", async () => {
  await button(ana.page, "Need help now").click();
  await button(ana.page, "Close").click();
  await write(ana.page, QUESTIONS);
  await staysAway(ana.page);
});

chapter("no address and no readable body held the words", () => {
  assert.ok(asked.length > 0);
  for (const words of ["Did you eat", "call someone", "sounds exhausting"]) {
    assert.deepEqual(asked.filter((one) => one.includes(words) || one.includes(encodeURIComponent(words))), []);
  }
  for (const person of [ana, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

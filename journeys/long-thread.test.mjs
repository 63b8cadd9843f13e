// SPDX-License-Identifier: AGPL-3.0-or-later
// What `make run` shows, with a talk that has grown long: on a phone it fits the screen from its first word to its last, whatever is drawn
// of it, and every word can be found.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before } from "node:test";
import { freePort, seedPlace, servePlace, startReplay, stopPlace, writeTalks } from "./crash/demo_place.mjs";
import { widerThanTheScreen } from "./looks.mjs";
import { BUILD, WEB, chapter, startBrowser } from "./place.mjs";
import { button, openTalkThatSays } from "./people.mjs";

const MESSAGES = 300;
const PATIENCE_MS = 120_000;
const state = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-long-"));
let server, origin, browser, page;
before(async () => {
  const listen = await freePort().then((port) => `127.0.0.1:${port}`);
  origin = `http://${listen}`;
  await seedPlace(BUILD, state);
  ({ server } = await servePlace(path.join(BUILD, "server/hearkend"), state, listen, ["--web", WEB]));
  const replay = startReplay(BUILD, listen, writeTalks(path.join(state, "long.jsonl"), 1, MESSAGES), ["--pairs", "1"]);
  const { figures, said } = await replay.figures(PATIENCE_MS);
  assert.equal(figures?.opened_by_other, MESSAGES, said);
  browser = await startBrowser();
});
after(async () => {
  await browser?.end();
  if (server !== undefined) await stopPlace(server);
  fs.rmSync(state, { recursive: true, force: true });
});

const words = (number) => page.locator(".said-text", { hasText: new RegExp(`^0\\.${number}: `) });

async function fits(when) {
  assert.equal(await widerThanTheScreen(page), null, when);
}

chapter("one press, and one is a listener whose talk has grown long", async () => {
  ({ page } = await browser.person({ origin }));
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${origin}/talk`);
  await button(page, /^Ana \(demo\)/).click();
  await openTalkThatSays(page, /^0\.\d+: /);
  await words(MESSAGES - 1).waitFor();
});

chapter("it begins at its newest words, and fits a phone", async () => {
  await page.waitForFunction((last) => document.querySelector(".thread-part:last-child")?.textContent?.includes(last), `0.${MESSAGES - 1}: `);
  await fits("at the newest words");
  const box = await words(MESSAGES - 1).boundingBox();
  assert.ok(box !== null && box.y > 0 && box.y < 740, "the newest words are on the screen");
});

chapter("it fits all the way back to its first words", async () => {
  for (let step = 0; step < 400 && (await page.evaluate(() => scrollY > 0)); step++) {
    await page.mouse.wheel(0, -600);
    if (step % 20 === 0) await fits(`after ${step} turns of the wheel`);
  }
  await words(0).waitFor();
  await fits("at the first words");
});

chapter("a word said long ago is found", async () => {
  await button(page, "Search").click();
  await page.getByLabel("Look for a word").fill("0.7: ");
  await page.getByText("1 found").waitFor();
  await fits("with something found");
});

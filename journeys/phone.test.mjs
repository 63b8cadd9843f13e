// SPDX-License-Identifier: AGPL-3.0-or-later
// The main story on an old phone with a weak line: four times less processor, 400 kbit/s, 300 ms away. It must come through; how long the
// machine took is printed, not judged (figures belong to `make bench`).
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { anaOnDuty, button, heading, said, say, shown } from "./people.mjs";

const LINE = { offline: false, downloadThroughput: 50_000, uploadThroughput: 50_000, latency: 300 };
const SLOWER = 4;
const PATIENCE_MS = 90_000;

let place, browser, ana, phone, began;
const took = [];
scene((there) => ({ place, browser } = there));

function mark(what) {
  took.push(`${what} ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

chapter("a listener is there", async () => {
  ana = await anaOnDuty(await browser.person(place));
});

chapter("an old phone on a weak line comes from the front page to being heard", async (t) => {
  phone = await browser.person(place, { isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  const { page } = phone;
  page.setDefaultTimeout(PATIENCE_MS);
  const cdp = await phone.context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", LINE);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  began = performance.now();
  await page.goto(place.origin);
  mark("front page");
  await page.getByRole("link", { name: "Talk to someone" }).tap();
  await heading(page, "How would you like to be heard?").waitFor();
  mark("first question");
  await page.getByText("Just listen").tap();
  await button(page, "Continue").tap();
  await button(page, "Continue").tap();
  await heading(page, "Your first words").waitFor();
  mark("keys made");
  await page.getByLabel("What is on your mind?").fill("My phone is old.");
  await button(page, "Ask somebody to listen").tap();
  await heading(page, "Your words are waiting with you").waitFor();
  mark("first words sealed");
  await shown(ana.page, "My phone is old.").waitFor();
  await button(ana.page, "Open the door").click();
  await heading(page, "Ana").waitFor();
  mark("the door is open");
  await say(ana.page, "I am here.");
  await said(page, "I am here.").waitFor();
  await say(page, "That is good.");
  await said(ana.page, "That is good.").waitFor();
  mark("heard, both ways");
  t.diagnostic(`machine time on a ${SLOWER}x slower processor at 400 kbit/s: ${took.join(", ")}`);
  assert.deepEqual(phone.seen, { errors: [], foreign: [] });
});

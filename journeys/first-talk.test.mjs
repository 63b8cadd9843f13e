// SPDX-License-Identifier: AGPL-3.0-or-later
// The main story: a person arrives, waits, is heard, keeps the place, comes back on another device and reads every word.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chapter, startBrowser, startPlace } from "./place.mjs";
import { PASSWORD, askToBeHeard, button, firstAdministrator, heading, keep, listenerOnDuty, say, shown, signInAgain, thread, unlock } from "./people.mjs";

let place, browser, admin, ana, heron;
before(async () => {
  place = await startPlace();
  browser = await startBrowser();
});
after(async () => {
  await browser?.end();
  await place?.end();
});

chapter("an administrator sets up the place and a peer listener comes on duty", async () => {
  admin = await firstAdministrator(await browser.person(place));
  ana = await listenerOnDuty(admin, await browser.person(place));
});

chapter("a person arrives without a name and waits with the true number", async () => {
  heron = await askToBeHeard(await browser.person(place));
  await shown(heron.page, "Nobody is ahead of you.").waitFor();
});

chapter("the listener reads the first words and opens the door", async () => {
  await shown(ana.page, "I have not slept for days.").waitFor();
  await shown(ana.page, "Their wish: just listen.").waitFor();
  await button(ana.page, "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
  await shown(heron.page, /Who can read this: you and Ana/).waitFor();
});

chapter("they talk both ways, in order, and both read the first words", async () => {
  await shown(ana.page, "I have not slept for days.").waitFor();
  await say(ana.page, "I am here. Tell me.");
  await shown(heron.page, "I am here. Tell me.").waitFor();
  await say(heron.page, "It is the nights.");
  await shown(ana.page, "It is the nights.").waitFor();
  const words = ["I have not slept for days.", "I am here. Tell me.", "It is the nights."];
  assert.deepEqual(await thread(heron.page), words);
  assert.deepEqual(await thread(ana.page), words);
});

chapter("after a reload everything is there again, for both", async () => {
  await heron.page.reload();
  await button(heron.page, "Open my place").click();
  await button(heron.page, /^Ana, /).click();
  await shown(heron.page, "It is the nights.").waitFor();
  await signInAgain(ana);
  await button(ana.page, /Quiet Heron/).click();
  await shown(ana.page, "It is the nights.").waitFor();
});

chapter("the person keeps the place with a password and a sheet", async () => {
  await button(heron.page, "End for now").click();
  await heron.page.getByLabel("Yes", { exact: true }).check();
  await button(heron.page, "Keep my answer").click();
  await shown(heron.page, /only you can open it/).waitFor();
  await button(heron.page, "Keep this place").click();
  heron.sheet = await keep(heron.page, PASSWORD);
  await heading(heron.page, "My place").waitFor();
});

chapter("a second device signs in and reads the history", async () => {
  const second = await browser.person(place);
  await second.page.goto(`${place.origin}/talk#back`);
  await second.page.getByLabel("Sign-in name").fill(heron.sheet.handle);
  await unlock(second.page, PASSWORD, null);
  await button(second.page, /^Ana, /).click();
  await shown(second.page, "It is the nights.").waitFor();
  await say(second.page, "Now from my other phone.");
  await shown(ana.page, "Now from my other phone.").waitFor();
  assert.deepEqual(await thread(second.page), ["I have not slept for days.", "I am here. Tell me.", "It is the nights.", "Now from my other phone."]);
  assert.deepEqual(second.seen, { errors: [], foreign: [] });
});

chapter("nobody's page complained, and nothing was asked of anybody else", () => {
  for (const person of [admin, ana, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// The main story: a person arrives, waits, is heard, keeps the place, comes back on another device and reads every word.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { PASSWORD, askToBeHeard, button, comeIn, firstAdministrator, heading, keep, listenerOnDuty, said, say, shown, signInAgain, takeThings, thread, toAna } from "./people.mjs";

let place, browser, admin, ana, heron;
scene((there) => ({ place, browser } = there));

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
  await toAna(heron.page);
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
  const second = await comeIn(await browser.person(place), heron.sheet.handle, PASSWORD);
  await toAna(second.page);
  await shown(second.page, "It is the nights.").waitFor();
  await say(second.page, "Now from my other phone.");
  await shown(ana.page, "Now from my other phone.").waitFor();
  assert.deepEqual(await thread(second.page), ["I have not slept for days.", "I am here. Tell me.", "It is the nights.", "Now from my other phone."]);
  assert.deepEqual(second.seen, { errors: [], foreign: [] });
});

chapter("take my things: the files hold every word, who said it, the photo's name and what was answered afterwards", async () => {
  const { page } = heron;
  await toAna(page);
  await said(page, "Now from my other phone.").waitFor();
  await page.locator("input[type=file]").setInputFiles({ name: "window <4 am>.png", mimeType: "image/png", buffer: Buffer.from("not really a photo") });
  await ana.page.locator(".file-item", { hasText: "window <4 am>.png" }).waitFor();
  await button(page, "End for now").click();
  await button(page, "To my place").click();
  await button(page, "Take my things").click();
  const taken = await takeThings(page);
  const talk = taken.json.conversations.find((one) => one.kind === "pair");
  const words = talk.entries.filter((one) => one.text !== undefined);
  assert.deepEqual(words.map((one) => [one.from, one.text]), [["Me", "I have not slept for days."], ["Ana", "I am here. Tell me."], ["Me", "It is the nights."], ["Me", "Now from my other phone."]]);
  assert.deepEqual(talk.entries.filter((one) => one.file !== undefined).map((one) => [one.from, one.file]), [["Me", { name: "window <4 am>.png", type: "image/png", size: 18 }]]);
  assert.ok(talk.entries.every((one) => !Number.isNaN(Date.parse(one.at))));
  const alone = taken.json.conversations.find((one) => one.kind === "private");
  assert.deepEqual(alone.felt_heard.map((one) => one.answer), ["yes"]);
  assert.equal(taken.json.handle, heron.sheet.handle);
  const order = ["I have not slept for days.", "I am here. Tell me.", "It is the nights.", "Now from my other phone.", "window <4 am>.png"].map((one) => taken.page.indexOf(one));
  assert.ok(order.every((at, i) => at > (order[i - 1] ?? 0)), taken.page);
  assert.match(taken.page, /Felt heard: yes/);
});

chapter("nobody's page complained, and nothing was asked of anybody else", () => {
  for (const person of [admin, ana, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

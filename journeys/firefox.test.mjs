// SPDX-License-Identifier: AGPL-3.0-or-later
// The main story again, with the person in Firefox and the listener in Chromium: arriving, being heard, a reload, keeping the place.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFirefox } from "./firefox.mjs";
import { PASSWORD, anaOnDuty, button, holdsDraft, said, say, shown, until } from "./people.mjs";
import { chapter, startBrowser, startPlace } from "./place.mjs";

let place, browser, firefox, ana, heron;
before(async () => {
  place = await startPlace();
  browser = await startBrowser();
  firefox = await startFirefox();
});
after(async () => {
  await firefox?.end();
  await browser?.end();
  await place?.end();
});

chapter("a listener is there", async () => {
  ana = await anaOnDuty(await browser.person(place));
});

chapter("from the front page to the first words", async () => {
  heron = await firefox.page();
  await heron.goto(place.origin);
  await heron.press("link", "Talk to someone");
  await heron.heading("How would you like to be heard?");
  await heron.press("radio", "Just listen");
  await heron.press("button", "Continue");
  await heron.type("What may we call you?", "Quiet Heron");
  await heron.press("button", "Continue");
  await heron.heading("Your first words");
  await heron.type("What is on your mind?", "I have not slept for days.");
  await heron.press("button", "Ask somebody to listen");
  await heron.heading("Your words are waiting with you");
  await heron.sees("Nobody is ahead of you.");
});

chapter("the door opens, and both write", async () => {
  await shown(ana.page, "Their wish: just listen.").waitFor();
  await button(ana.page, "Open the door").click();
  await heron.heading("Ana");
  await heron.sees("Ana is here, only with you.");
  await heron.type("Write here", "Can you hear me?");
  await heron.press("button", "Send");
  await said(ana.page, "Can you hear me?").waitFor();
  await say(ana.page, "Every word.");
  await heron.sees("Every word.");
});

chapter("a draft and the talk survive a reload", async () => {
  await heron.type("Write here", "I was just about to say");
  await until("the draft is kept", () => heron.evaluate(`(${holdsDraft})()`));
  await heron.reload();
  await heron.press("button", "Open my place");
  await heron.press("button", "Ana, Today");
  await heron.sees("Every word.");
  await until("the draft", async () => (await heron.evaluate(`document.querySelector("#composer").value`)) === "I was just about to say");
  await heron.press("button", "Send");
  await said(ana.page, "I was just about to say").waitFor();
});

chapter("the place is kept with a password and a sheet", async () => {
  await heron.press("button", "End for now");
  await heron.press("button", "Keep this place");
  await heron.type("Password", PASSWORD);
  await heron.type("The same password again", PASSWORD);
  await heron.press("button", "Continue");
  await heron.heading("Your recovery sheet");
  const groups = JSON.parse(await heron.evaluate(`JSON.stringify([...document.querySelectorAll(".recovery-groups li")].map((li) => li.textContent.replace(/^\\d+\\s+/, "").trim()))`));
  await heron.press("button", "I have it on paper");
  await heron.heading("Let us check the sheet");
  const asked = JSON.parse(await heron.evaluate(`JSON.stringify([...document.querySelectorAll("label")].map((l) => l.textContent).filter((l) => /^Group/.test(l)))`));
  for (const label of asked) await heron.type(label, groups[Number(label.slice(6)) - 1]);
  await heron.press("button", "Done");
  await heron.heading("My place");
});

chapter("no complaint, and nothing asked of anybody else", () => {
  assert.deepEqual(heron.errors, []);
  assert.ok(heron.asked.length > 10);
  assert.deepEqual(heron.asked.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== new URL(place.origin).host), []);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// The administrator's first hour: naming the place, a therapist whose licence is looked up, a door that closes within a second.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { STAFF_PASSWORD, askToBeHeard, button, firstAdministrator, heading, inviteStaff, keep, listenerOnDuty, shown, unlock } from "./people.mjs";

let place, browser, admin, ana, ben;
scene((there) => ({ place, browser } = there));

chapter("the place gets its name, its promise and its hours", async () => {
  admin = await firstAdministrator(await browser.person(place));
  const { page } = admin;
  await page.getByLabel("What it is called").fill("The Open Door");
  await page.getByLabel("Minutes until somebody answers").fill("0");
  await button(page, "Save").click();
  await shown(page, "Minutes are a whole number from 1 to a week.").waitFor();
  await page.getByLabel("Minutes until somebody answers").fill("45");
  await page.getByLabel("Monday", { exact: true }).check();
  await button(page, "Save").click();
  await shown(page, "Saved.").waitFor();
  const said = await (await fetch(`${place.origin}/api/place`)).json();
  assert.equal(said.name, "The Open Door");
  assert.equal(said.promise_minutes, 45);
  assert.deepEqual(said.hours, [{ weekday: 0, from_minute: 540, to_minute: 1020 }]);
});

chapter("a therapist joins, and is vouched for only after the licence was looked up", async () => {
  ben = await browser.person(place);
  await ben.page.goto(await inviteStaff(admin, "licensed therapist"));
  await shown(ben.page, "licensed therapist").waitFor();
  await ben.page.getByLabel("Your name, as people here will see it").fill("Ben");
  await ben.page.getByLabel("Who gave it (the board)").fill("Chamber of Psychotherapists");
  await ben.page.getByLabel("Number").fill("P-4711");
  await ben.page.getByLabel("Country where it is valid").fill("DE");
  await ben.page.getByLabel("Valid until").fill("2030-12-31");
  await button(ben.page, "Join").click();
  ben.sheet = await keep(ben.page, STAFF_PASSWORD);
  await shown(ben.page, /Waiting for check/).waitFor();
  await shown(admin.page, "Claimed, not checked. Please look it up at the board.").waitFor();
  assert.ok(await button(admin.page, "Vouch for Ben").isDisabled());
  await button(admin.page, "I looked it up at the board just now").click();
  await shown(admin.page, /Checked at the board on/).waitFor();
  await button(admin.page, "Vouch for Ben").click();
  await button(ben.page, "4 hours").waitFor();
});

chapter("a client sees who listens, and a peer is never shown as a therapist", async () => {
  ana = await listenerOnDuty(admin, await browser.person(place));
  const person = await askToBeHeard(await browser.person(place));
  await button(ana.page, "Open the door").first().click();
  await heading(person.page, "Ana").waitFor();
  await shown(person.page, "trained peer listener").waitFor();
  assert.equal(await shown(person.page, /therapist/).count(), 0);
});

chapter("name taken: the page says what to do, and the invitation stays good", async () => {
  const late = await browser.person(place);
  const name = late.page.getByLabel("Your name, as people here will see it");
  await late.page.goto(await inviteStaff(admin, "trained peer listener"));
  await name.fill("ana");
  await button(late.page, "Join").click();
  await shown(late.page, /called that already.+still good/).waitFor();
  await name.fill("Ana M.");
  await button(late.page, "Join").click();
  await heading(late.page, "Keep this place").waitFor();
});

chapter("closing the door ends everything of theirs, where they stand", async () => {
  await button(admin.page, "Close the door to Ana").click();
  await button(admin.page, "Close the door now").click();
  await heading(ana.page, "Open your place again").waitFor();
  await unlock(ana.page, STAFF_PASSWORD, ana.sheet.secretKey);
  await shown(ana.page, /cannot come in at the moment|not right/).waitFor();
  assert.equal(await button(admin.page, "Close the door to Kim").count(), 0, "nobody locks themselves out");
});

chapter("what was done stands in the log, by name, and nothing of what was said", async () => {
  await shown(admin.page, /Kim: closed the door \(Ana\)/).waitFor();
  await admin.page.reload();
  await unlock(admin.page, STAFF_PASSWORD, admin.sheet.secretKey);
  await shown(admin.page, /Kim: closed the door \(Ana\)/).waitFor();
  const text = await admin.page.locator("main").innerText();
  assert.ok(!text.includes("I have not slept"));
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// The waiting room and who answers: opening hours, what is promised and what happens if nobody comes, passing on, asking for somebody else.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, askToBeHeard, button, comeIn, fact, firstAdministrator, heading, keep, listenerOnDuty, said, say, shown, thread, waitingCard } from "./people.mjs";

let place, browser, admin, ana, ben, heron, phone;
scene((there) => ({ place, browser } = there));

/** The weekday after tomorrow at the place: closed now, whenever this runs. */
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "Europe/Berlin" }).format(Date.now() + 2 * 86_400_000);

chapter("a place with hours, and two listeners who are there all the same", async () => {
  admin = await firstAdministrator(await browser.person(place));
  ana = await listenerOnDuty(admin, await browser.person(place));
  ben = await listenerOnDuty(admin, await browser.person(place), "Ben");
  await admin.page.getByLabel("Minutes until somebody answers").fill("45");
  await admin.page.getByLabel(weekday, { exact: true }).check();
  await button(admin.page, "Save").click();
  await shown(admin.page, "Saved.").waitFor();
});

chapter("outside the hours the waiting room names the next ones, and promises from then on", async () => {
  heron = await askToBeHeard(await browser.person(place));
  await fact(heron.page, "Opening hours", new RegExp(`Nobody is scheduled right now. The next hours begin: ${weekday}.* 09:00`)).waitFor();
  await fact(heron.page, "If nobody comes", new RegExp(`Somebody answers by ${weekday}.* 09:45. Your words stay sealed until .+, then they are destroyed.`)).waitFor();
  await shown(waitingCard(ana.page, "Quiet Heron"), new RegExp(`Was promised an answer by ${weekday}.* 09:45`)).waitFor();
});

chapter("passing on: the next one looks after it, and the person sees who", async () => {
  const owner = await fact(heron.page, "Who looks after your request", /^(Ana|Ben)\./).textContent();
  const [first, next] = owner.startsWith("Ana") ? [ana, ben] : [ben, ana];
  const nextName = first === ana ? "Ben" : "Ana";
  await button(waitingCard(first.page, "Quiet Heron"), "Pass on").click();
  await shown(first.page, "Passed on. Somebody else looks after it now.").waitFor();
  await fact(heron.page, "Who looks after your request", new RegExp(`^${nextName}\\.`)).waitFor();
  await shown(next.page, /It is yours to answer/).waitFor();
  await button(waitingCard(next.page, "Quiet Heron"), "Pass on").click();
  await fact(heron.page, "Who looks after your request", /^(Ana|Ben)\./).waitFor();
});

chapter("two people who chose the same name are two people", async () => {
  const other = await askToBeHeard(await browser.person(place), { words: "I am another Quiet Heron." });
  await fact(other.page, "How many are ahead of you", "1 person").waitFor();
  await shown(ana.page, "2 people wait").waitFor();
  const second = await other.context.newPage();
  await second.goto(`${place.origin}/talk`);
  await button(second, "Open my place").click();
  await heading(second, "Your words are waiting with you").waitFor();
  await button(second, "I do not want to wait any longer").click();
  await button(second, "Stop waiting").click();
  await heading(second, "How would you like to be heard?").waitFor();
  await heading(other.page, "This request is over").waitFor();
  await shown(other.page, "You stopped waiting. Your first words have been destroyed.").waitFor();
  await shown(ana.page, "1 person waits").waitFor();
});

chapter("who keeps the place while waiting can wait on another device, and is heard there", async () => {
  await button(heron.page, "Keep this place, to come back later").click();
  heron.sheet = await keep(heron.page, PASSWORD);
  await heading(heron.page, "Your words are waiting with you").waitFor();
  phone = await comeIn(await browser.person(place), heron.sheet.handle, PASSWORD);
  await heading(phone.page, "Your words are waiting with you").waitFor();
  await phone.page.getByLabel("You can go on writing").fill("I am on my phone now.");
  await button(waitingCard(ana.page, "Quiet Heron"), "Open the door").click();
  await heading(phone.page, "Ana").waitFor();
  await shown(phone.page, "Ana is here, only with you.").waitFor();
  await phone.page.waitForFunction(() => document.querySelector("#composer")?.value === "I am on my phone now.");
  await button(phone.page, "Send").click();
  await said(ana.page, "I am on my phone now.").waitFor();
  await said(heron.page, "I am on my phone now.").waitFor();
  assert.deepEqual(await thread(phone.page), await thread(heron.page));
});

chapter("somebody else, please: one press, and the first listener reads nothing new from the moment of asking", async () => {
  const { page } = heron;
  await button(page, "End for now").click();
  await button(page, "To my place").click();
  await button(page, "Change my listener").click();
  await shown(page, /Ana cannot read anything new from you/).waitFor();
  await button(page, "Continue").click();
  await button(page, "Continue").click();
  await page.getByLabel("What is on your mind?").fill("May I talk with somebody else?");
  await button(page, "Ask somebody to listen").click();
  await heading(page, "Your words are waiting with you").waitFor();
  await button(waitingCard(ben.page, "Quiet Heron"), "Open the door").click();
  await heading(page, "Ben").waitFor();
  await say(page, "Only Ben reads this.");
  await said(ben.page, "Only Ben reads this.").waitFor();
  await shown(ana.page, /This talk has ended for you. They asked for somebody else/).waitFor();
  assert.equal(await said(ana.page, "Only Ben reads this.").count(), 0);
  assert.equal(await ana.page.getByLabel("Write here").count(), 0);
  await button(ana.page, "Back").click();
  await shown(ana.page, "None yet.").waitFor();
});

chapter("nobody is asked to write into a talk that no one reads: whose listener was let go, and whose listener may not come in any more", async () => {
  const { page } = phone;
  await shown(page, /Nobody else is in this talk any more/).waitFor();
  assert.equal(await page.getByLabel("Write here").count(), 0);
  assert.equal(await shown(page, /Your words will be waiting/).count(), 0);
  await look(page, "room-alone", { languages: true });
  await heron.page.getByLabel("Write here").fill("Half a sentence");
  await ben.page.goto("about:blank"); // who is away when the door is closed says nothing by going
  await shown(heron.page, /Not here at the moment/).waitFor();
  await button(admin.page, "Close the door to Ben").click();
  await button(admin.page, "Close the door now").click();
  await shown(heron.page, /Ben cannot come in at this place any more.+This is not because of you/).waitFor();
  await shown(heron.page, "Half a sentence").waitFor();
  assert.equal(await heron.page.getByLabel("Write here").count(), 0);
  await look(heron.page, "room-barred", { languages: true });
  await button(admin.page, "Let Ben in again").click();
  await heron.page.waitForFunction(() => document.querySelector("#composer")?.value === "Half a sentence");
  await button(admin.page, "Close the door to Ben").click();
  await button(admin.page, "Close the door now").click();
  await button(heron.page, "To my place").click();
  await button(heron.page, "Talk to someone").waitFor();
  nothingWrong();
});

chapter("nobody's page complained", () => {
  for (const person of browser.people) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// A walk through every screen on a small phone: no violation of axe-core in either theme, nothing cut off at 200 % text.
import { after, before } from "node:test";
import { chapter, startBrowser, startPlace } from "./place.mjs";
import { PASSWORD, button, firstAdministrator, heading, inviteStaff, listenerOnDuty, say, shown } from "./people.mjs";
import { look, nothingWrong } from "./looks.mjs";

let place, browser, admin, ana, heron;
before(async () => {
  place = await startPlace();
  browser = await startBrowser();
});
after(async () => {
  await browser?.end();
  await place?.end();
});

chapter("the front page, in each language and without script", async () => {
  const reader = await browser.person(place, { javaScriptEnabled: false });
  await reader.page.goto(place.origin);
  await reader.page.getByRole("link", { name: "Talk to someone" }).waitFor();
  await reader.page.getByRole("link", { name: "Deutsch", exact: true }).click();
  await reader.page.getByRole("link", { name: "Mit jemandem sprechen" }).waitFor();
  heron = await browser.person(place);
  await heron.page.goto(place.origin);
  await look(heron.page, "front");
  await heron.page.goto(`${place.origin}/de-formal`);
  await look(heron.page, "front-de-formal");
});

chapter("joining as the first administrator, and the administrator's page", async () => {
  admin = await browser.person(place);
  await admin.page.goto(place.invitation);
  await heading(admin.page, "Welcome").waitFor();
  await look(admin.page, "join");
  await firstAdministrator(admin);
  await inviteStaff(admin, "licensed therapist");
  await look(admin.page, "administrator");
});

chapter("a listener's day", async () => {
  ana = await listenerOnDuty(admin, await browser.person(place));
  await look(ana.page, "today-quiet");
});

chapter("arriving", async () => {
  const { page } = heron;
  await page.goto(place.origin);
  await page.getByRole("link", { name: "Talk to someone" }).click();
  await heading(page, "How would you like to be heard?").waitFor();
  await look(page, "asking-wish");
  await button(page, "Continue").click();
  await heading(page, "A name for here").waitFor();
  await look(page, "asking-name");
  await page.getByLabel("What may we call you?").fill("Quiet Heron");
  await button(page, "Continue").click();
  await heading(page, "Your first words").waitFor();
  await look(page, "asking-words");
  await page.getByLabel("What is on your mind?").fill("I have not slept for days.\nMy head does not stop.");
  await button(page, "Ask somebody to listen").click();
  await heading(page, "Your words are waiting with you").waitFor();
  await shown(page, /Ana\. If it takes too long/).waitFor();
  await look(page, "waiting");
});

chapter("help and settings, over any screen", async () => {
  const { page } = heron;
  await button(page, "Need help now").click();
  await page.getByRole("link", { name: "Call 0800 111 0 111" }).waitFor();
  await look(page, "crisis");
  await button(page, "Close").click();
  await button(page, "Settings").click();
  await heading(page, "How the page looks").waitFor();
  await look(page, "settings");
  await button(page, "Close").click();
});

chapter("the room, from both sides", async () => {
  await look(ana.page, "today-waiting");
  await button(ana.page, "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
  await say(ana.page, "I am here. Take all the time you need.");
  await shown(heron.page, "Take all the time").waitFor();
  for (const words of ["It is the nights.", "They are long, and then it is four o'clock and I count the hours until I have to get up again.", "See https://example.org/sleep (if that helps).", "שלום, אני כאן"]) {
    await say(heron.page, words);
    await shown(ana.page, words.slice(0, 20)).waitFor();
  }
  await shown(heron.page, /read$/).first().waitFor();
  await look(heron.page, "room");
  await look(ana.page, "room-listener");
  await button(heron.page, "Search").click();
  await heron.page.getByLabel("Look for a word").fill("four hours");
  await shown(heron.page, "1 found").waitFor();
  await look(heron.page, "room-search");
  await button(heron.page, "Search").click();
});

chapter("afterwards: felt heard, keep, the sheet, its check", async () => {
  const { page } = heron;
  await button(page, "End for now").click();
  await heading(page, "After your talk").waitFor();
  await look(page, "after");
  await button(page, "Keep this place").click();
  await page.getByLabel("The same password again").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("password1");
  await shown(page, /tried first everywhere/).waitFor();
  await look(page, "keep-password");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("The same password again").fill(PASSWORD);
  await button(page, "Continue").click();
  await heading(page, "Your recovery sheet").waitFor();
  await look(page, "keep-sheet");
  await button(page, "I have it on paper").click();
  await page.getByLabel(/^Group/).first().fill("ZZZZ");
  await button(page, "Done").click();
  await shown(page, /not the same as on the sheet/).waitFor();
  await look(page, "keep-check");
});

chapter("my place, taking my things, erasing, signing in", async () => {
  const { page } = heron;
  await page.reload();
  await heading(page, "Open your place again").waitFor();
  await look(page, "sign-in-again");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await button(page, "Open my place").click();
  await heading(page, "My place").waitFor();
  await look(page, "my-place");
  await button(page, "Take my things").click();
  await button(page, "As a page to read (HTML)").waitFor();
  await look(page, "things");
  await button(page, "Back").click();
  await button(page, "Erase me").click();
  await heading(page, "Erase me").waitFor();
  await look(page, "erase");
  await page.getByLabel("Yes, destroy it for good").check();
  await button(page, "Erase everything now").click();
  await heading(page, "It is gone").waitFor();
  await look(page, "erased");
  await page.goto(`${place.origin}/talk#back`);
  await heading(page, "Come back to my place").waitFor();
  await look(page, "sign-in");
});

chapter("in German, whose words are longer", async () => {
  const { page } = await browser.person(place, { locale: "de-DE" });
  await page.goto(`${place.origin}/talk`);
  await heading(page, "Was wünschst du dir beim Zuhören?").waitFor();
  await look(page, "de-asking-wish");
  await button(page, "Weiter").click();
  await page.getByLabel("Welcher Name").fill("Stiller Reiher");
  await button(page, "Weiter").click();
  await page.getByLabel("Was beschäftigt dich?").fill("Ich kann nicht schlafen.");
  await button(page, "Um Zuhören bitten").click();
  await heading(page, "Deine Worte warten mit dir").waitFor();
  await look(page, "de-waiting");
  if ((await button(ana.page, "End for now").count()) > 0) await button(ana.page, "End for now").click();
  await button(ana.page, "Open the door").first().click();
  await heading(page, "Ana").waitFor();
  await look(page, "de-room");
  await button(page, "Für heute beenden").click();
  await heading(page, "Nach dem Gespräch").waitFor();
  await look(page, "de-after");
});

chapter("nothing was wrong with any of them", () => nothingWrong());

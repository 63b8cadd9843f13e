// SPDX-License-Identifier: AGPL-3.0-or-later
// Somebody talks with two listeners and loses everything. One of them lets them in again; the talk with the other says that it still
// stands under the lost key, to both, and opens by the same check. Wrong side first: another talk's code, words that differ.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, bothRead, button, comeBackWithNothing, firstAdministrator, giveCode, heading, keep, keepPlace, listenerOnDuty, said, say, shown, thread, typeCode, waitingCard } from "./people.mjs";

let place, browser, ana, ben, heron, back;
scene((there) => ({ place, browser } = there));

const dialog = (page) => page.getByRole("dialog");

/** With neither password nor sheet, by four words that Ana hears too. */
async function comesBackByAna(person) {
  await comeBackWithNothing(person);
  await button(ana.page, "More about who can read this").click();
  await typeCode(person.page, await giveCode(ana.page));
  await bothRead(ana.page, person.page);
  await button(ana.page, "They are the same").click();
  await button(person.page, "They are the same").click();
  await heading(person.page, "My place").waitFor();
}

chapter("somebody asks in two tabs, one of which hears nothing, and talks with two listeners", async () => {
  const admin = await firstAdministrator(await browser.person(place));
  ana = await listenerOnDuty(admin, await browser.person(place));
  ben = await listenerOnDuty(admin, await browser.person(place), "Ben");
  heron = await browser.person(place);
  await heron.page.goto(`${place.origin}/talk`);
  await button(heron.page, "Continue").click();
  await heron.page.getByLabel("What may we call you?").fill("Quiet Heron");
  await button(heron.page, "Continue").click();
  await heading(heron.page, "Your first words").waitFor();
  const tab = await heron.context.newPage();
  await tab.routeWebSocket(/./, (socket) => socket.close());
  await tab.goto(`${place.origin}/talk`);
  await button(tab, "Open my place").click();
  await button(tab, "Continue").click();
  await tab.getByLabel("What may we call you?").fill("Quiet Heron");
  await button(tab, "Continue").click();
  await tab.getByLabel("What is on your mind?").fill("I need somebody at night, too.");
  await heron.page.getByLabel("What is on your mind?").fill("I have not slept for days.");
  await button(heron.page, "Ask somebody to listen").click();
  await button(waitingCard(ana.page, "Quiet Heron"), "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
  await button(tab, "Ask somebody to listen").click();
  await heading(tab, "Your words are waiting with you").waitFor();
  await tab.close();
  await button(waitingCard(ben.page, "Quiet Heron"), "Open the door").click();
  await say(ben.page, "I am here at night.");
  await button(heron.page, "End for now").click();
  await button(heron.page, "Keep this place").click();
  heron.sheet = await keep(heron.page, PASSWORD);
  await button(heron.page, /^Ben, /).click();
  await said(heron.page, "I am here at night.").waitFor();
  await said(ben.page, "I need somebody at night, too.").waitFor();
});

chapter("everything is lost, and Ana lets them in again", async () => {
  await heron.context.close();
  back = await browser.person(place);
  await comesBackByAna(back);
});

chapter("the talk with Ben says to both that it stands under the lost key", async () => {
  await button(back.page, /^Ben, /).click();
  await shown(back.page, /In this talk Ben still knows the one that you lost/).waitFor();
  assert.deepEqual(await thread(back.page), []);
  assert.equal(await shown(back.page, /could not be verified/).count(), 0);
  await look(back.page, "new-key-closed");
  await shown(ben.page, /Quiet Heron came back with a new key/).waitFor();
  await look(ben.page, "new-key-theirs");
  await say(ben.page, "Call me whenever you can.");
});

chapter("with words that differ it stays as it is, and nobody is thrown out", async () => {
  await button(back.page, "I have them on the phone").click();
  await typeCode(back.page, "123 456 789");
  await shown(back.page, /This code is not good/).waitFor();
  await button(ben.page, "Let them in here").click();
  await typeCode(back.page, await giveCode(ben.page));
  await bothRead(ben.page, back.page);
  await button(back.page, "They are not the same").click();
  await shown(back.page, /The words were not the same on both sides/).waitFor();
  await shown(dialog(ben.page), /The words were not the same, so nothing was changed/).waitFor();
  await button(back.page, "Try once more").click();
});

chapter("by four words it opens, with the older words and what was written meanwhile, and goes on", async () => {
  await typeCode(back.page, await giveCode(ben.page));
  await bothRead(ben.page, back.page);
  assert.equal(await shown(back.page, /Somebody says they are you/).count(), 0);
  await look(back.page, "new-key-words");
  await button(back.page, "They are the same").click();
  await button(ben.page, "They are the same").click();
  await shown(dialog(ben.page), /Quiet Heron is back, with a new key that you confirmed/).waitFor();
  await button(dialog(ben.page), "Close").click();
  await shown(ben.page, /Quiet Heron came back with a new key/).waitFor({ state: "detached" });
  await shown(back.page, "Ben confirmed your new key. The talk goes on, and the older words are here again.").waitFor();
  await said(back.page, "Call me whenever you can.").waitFor();
  assert.deepEqual(await thread(back.page), ["I am here at night.", "I need somebody at night, too.", "Call me whenever you can."]);
  await say(back.page, "It is me.");
  await said(ben.page, "It is me.").waitFor();
  await say(ben.page, "I heard your voice.");
  await said(back.page, "I heard your voice.").waitFor();
  await shown(back.page, /You two have checked it by four words/).waitFor();
  await look(back.page, "new-key-opened");
});

chapter("the talk with Ana goes on as before", async () => {
  await button(dialog(ana.page), "Close").click();
  await back.page.reload();
  await button(back.page, "Open my place").click();
  await button(back.page, /^Ana, /).click();
  await say(back.page, "Ben let me in, too.");
  await said(ana.page, "Ben let me in, too.").waitFor();
});

chapter("of two listeners it is said which one is to be let go, and new words of either are seen", async () => {
  const { page } = back;
  await keepPlace(back);
  await say(ben.page, "Until tonight.");
  await button(page, /^Ben, new words, /).waitFor();
  await button(page, "Somebody else instead of Ana").waitFor();
  await look(page, "my-place-two", { languages: true });
  await button(page, "Somebody else instead of Ben").click();
  await shown(page, /Ben cannot read anything new/).waitFor();
  await button(page, "Continue").click();
  await button(page, "Continue").click();
  await page.getByLabel("What is on your mind?").fill("Somebody else for the nights.");
  await button(page, "Ask somebody to listen").click();
  await heading(page, "Your words are waiting with you").waitFor();
  await shown(ben.page, /This talk has ended for you/).waitFor();
});

chapter("everything is lost once more: the talk whose listener was let go stays closed, and says why", async () => {
  await back.context.close();
  const again = await browser.person(place);
  await comesBackByAna(again);
  await button(again.page, /^A talk that ended, /).click();
  await shown(again.page, /Nobody in it can let you in again, so it stays closed/).waitFor();
  assert.deepEqual(await thread(again.page), []);
  await look(again.page, "new-key-nobody", { languages: true });
  nothingWrong();
  for (const person of [ana, ben, back, again]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

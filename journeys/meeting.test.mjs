// SPDX-License-Identifier: AGPL-3.0-or-later
// Two people make sure that it is really them; and somebody who has lost password and sheet is let in again by the one who knows
// their voice. The abuse cases come first: a stranger, words that differ, an owner who is still there.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, bothRead, button, comeBackWithNothing, comeIn, fourWords, giveCode, heading, inARoom, keep, keepPlace, say, shown, thread, toAna, typeCode, unlock } from "./people.mjs";

let place, browser, ana, heron, back;
scene((there) => ({ place, browser } = there));

const dialog = (page) => page.getByRole("dialog");
const more = (page) => button(page, "More about who can read this").click();

chapter("two people are in a room, and one of them has kept the place", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  await say(heron.page, "My brother does not speak to me.");
  await shown(ana.page, "My brother does not speak to me.").waitFor();
  await say(ana.page, "He has gone silent, and that hurts.");
  await shown(heron.page, "He has gone silent, and that hurts.").waitFor();
  await keepPlace(heron);
  await toAna(heron.page);
});

chapter("they check at any time that it is really them, and the answer stays", async () => {
  await more(heron.page);
  await shown(heron.page, "This place vouches for them. Not checked by voice yet.").waitFor();
  await look(heron.page, "who");
  await button(heron.page, "Check that it is really us").click();
  await button(ana.page, "Check now").click();
  await bothRead(ana.page, heron.page);
  await look(heron.page, "four-words");
  // The same four numbers in the other language, and as they are.
  const spoken = await fourWords(heron.page);
  for (const [kind, form] of [["German words", /^[A-Z][a-z]+$/], ["Numbers", /^\d+$/], ["English words", /^[a-z]+$/]]) {
    for (const { page } of [heron, ana]) {
      if (!(await page.getByLabel(kind).isVisible())) await page.getByText("Other words, or as numbers").click();
      await page.getByLabel(kind).check();
      await page.locator(".four-words li", { hasText: form }).first().waitFor();
    }
    const both = await fourWords(heron.page);
    assert.deepEqual(both, await fourWords(ana.page));
    assert.ok(both.length === 4 && both.every((one) => form.test(one)), both.join(" "));
  }
  assert.deepEqual(await fourWords(heron.page), spoken);
  await button(heron.page, "They are the same").click();
  await button(ana.page, "They are the same").click();
  await shown(heron.page, "The words are the same. Nobody stands between you and Ana.").waitFor();
  await button(dialog(heron.page), "Close").click();
  await button(dialog(ana.page), "Close").click();
  await shown(heron.page, /You two have checked it by four words/).waitFor();
  await shown(ana.page, /You two have checked it by four words/).waitFor();
});

chapter("when the words are not the same, nothing happens, and that is said", async () => {
  await more(ana.page);
  await button(ana.page, "Check that it is really us").click();
  await button(heron.page, "Check now").click();
  await bothRead(ana.page, heron.page);
  await button(ana.page, "They are not the same").click();
  await shown(ana.page, /The words are not the same. Nothing was changed/).waitFor();
  await button(dialog(ana.page), "Close").click();
  await button(heron.page, "They are not the same").click();
  await button(dialog(heron.page), "Close").click();
});

chapter("a stranger with a guessed code learns nothing", async () => {
  const stranger = await browser.person(place);
  await comeBackWithNothing(stranger);
  await typeCode(stranger.page, "123 456 789");
  await shown(stranger.page, /This code is not good/).waitFor();
  assert.ok(!(await stranger.page.locator("main").innerText()).includes("Ana"));
  await stranger.context.close();
});

chapter("whoever still has the key is told, and stops it", async () => {
  await more(ana.page);
  const code = await giveCode(ana.page);
  await look(ana.page, "let-in-code");
  const thief = await browser.person(place);
  await comeBackWithNothing(thief);
  let letGo;
  const step = new Promise((yes) => {
    void thief.page.route("**/api/returns", (route) => {
      if (route.request().method() !== "PUT") return route.continue();
      letGo = () => route.continue();
      yes();
    });
  });
  await typeCode(thief.page, code);
  await shown(heron.page, /Somebody says they are you/).waitFor();
  await look(heron.page, "not-me");
  await step;
  await button(heron.page, "That is not me: stop it").click();
  await shown(heron.page, /It is stopped. Nothing was changed/).waitFor();
  await letGo(); // a step that comes after the end: they learn why all the same
  await shown(thief.page, /It was stopped from the other side/).waitFor();
  await shown(ana.page, /It was stopped. Nothing was changed/).waitFor();
  await thief.context.close();
});

chapter("with words that differ nobody gets in", async () => {
  const code = await giveCode(ana.page);
  const thief = await browser.person(place);
  await comeBackWithNothing(thief);
  await typeCode(thief.page, code);
  await bothRead(ana.page, thief.page);
  await button(ana.page, "They are not the same").click();
  await shown(thief.page, /The words were not the same on both sides/).waitFor();
  await look(thief.page, "come-back-ended");
  await thief.context.close();
  await button(heron.page, "Back").click();
  await toAna(heron.page);
  await say(heron.page, "I am still here.");
  await shown(ana.page, "I am still here.").waitFor();
});

chapter("somebody who has lost everything comes back by one phone call", async () => {
  back = await browser.person(place);
  await back.page.goto(`${place.origin}/talk#back`);
  await button(back.page, "I have neither password nor sheet").click();
  await look(back.page, "come-back");
  const code = await giveCode(ana.page);
  await back.page.getByLabel("The code").fill(code);
  await back.page.keyboard.press("Enter");
  await heading(back.page, /Ana is being told|Read these four words/).waitFor();
  await bothRead(ana.page, back.page);
  await look(back.page, "come-back-words");
  await button(ana.page, "They are the same").click();
  await shown(ana.page, /Waiting for Quiet Heron to say so too/).waitFor();
  // A step begins at its heading; the next stop of the keyboard is the answer.
  await back.page.keyboard.press("Tab");
  assert.equal(await back.page.evaluate(() => document.activeElement?.textContent), "They are the same");
  await back.page.keyboard.press("Enter");
  await shown(ana.page, /Quiet Heron is back, with a new key that you confirmed/).waitFor();
  await heading(back.page, "My place").waitFor();
  await look(back.page, "come-back-home");
});

chapter("the older words are there, passed on, and everybody sees the new key for good", async () => {
  await button(dialog(ana.page), "Close").click();
  await toAna(back.page);
  await shown(back.page, "My brother does not speak to me.").waitFor();
  const said = await thread(back.page);
  assert.deepEqual(said.slice(0, 4), ["I have not slept for days.", "My brother does not speak to me.", "He has gone silent, and that hurts.", "I am still here."]);
  assert.equal(await shown(back.page, "Older words, passed on by Ana.").count(), 1);
  for (const { page } of [back, ana]) await shown(page, /Quiet Heron is here with a new key. Ana spoke with them and confirmed it on/).waitFor();
  await say(back.page, "It is me again.");
  await shown(ana.page, "It is me again.").waitFor();
  await say(ana.page, "Good that you called.");
  await shown(back.page, "Good that you called.").waitFor();
  assert.equal(await shown(back.page, "Older words, passed on by Ana.").count(), 1);
  await shown(back.page, /You two have checked it by four words/).waitFor();
  await shown(ana.page, /You two have checked it by four words/).waitFor();
  await look(back.page, "come-back-room");
});

chapter("the old device is out, and its password opens nothing any more", async () => {
  await shown(heron.page, /Your session has ended/).waitFor();
  await unlock(heron.page, PASSWORD, null);
  await shown(heron.page, /The name or the password is not right/).waitFor();
});

chapter("who came back keeps the place with a new password and sheet, and both devices of it agree", async () => {
  await button(back.page, "Back").click().catch(() => undefined);
  await back.page.reload();
  await button(back.page, "Open my place").click();
  await button(back.page, "Keep this place").click();
  back.sheet = await keep(back.page, "a slower river still");
  assert.notEqual(back.sheet.handle, heron.sheet.handle);
  const phone = await comeIn(await browser.person(place), back.sheet.handle, "a slower river still");
  await toAna(phone.page);
  await shown(phone.page, "It is me again.").waitFor();
  assert.equal(await shown(phone.page, "Older words, passed on by Ana.").count(), 1);
});

chapter("no screen of it had a fault, and nothing went elsewhere", async () => {
  nothingWrong();
  for (const person of [ana, back, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

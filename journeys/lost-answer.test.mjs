// SPDX-License-Identifier: AGPL-3.0-or-later
// What opens an account is changed, the place stores it, and its answer is lost on the way. Nobody is locked out of their own place: the page
// asks again, finds out what became of it, and shows the sheet that would otherwise have been lost with the answer.
import assert from "node:assert/strict";
import { request } from "node:http";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, STAFF_PASSWORD, button, comeIn, firstAdministrator, heading, inARoom, keep, keepPlace, listenerOnDuty, said, say, shown, toAna, unlock } from "./people.mjs";

let place, browser, admin, ana, heron;
scene((there) => ({ place, browser } = there));

/** The request as the page sent it, by another way: what the place answers, its new token too, never reaches the browser. */
async function sentBesides(route) {
  const asked = route.request();
  const headers = await asked.allHeaders();
  return new Promise((done, fail) => {
    const by = request(asked.url(), { method: asked.method(), headers }, async (answer) =>
      done({ status: answer.statusCode, contentType: answer.headers["content-type"], body: Buffer.concat(await answer.toArray()) }),
    );
    by.on("error", fail).end(asked.postDataBuffer());
  });
}

/** The browser takes the new token from the answer's head; only its body is lost. */
async function sentByTheBrowser(route) {
  const answer = await route.fetch();
  return { status: answer.status(), contentType: answer.headers()["content-type"], body: await answer.body() };
}

/**
 * The first change of this page: `send` brings it to the place or not, and no answer comes. A change that another device was faster than is
 * not stored, and the page learns that: it makes another one, which is then the first. Returns how often the page asked, and what went wrong.
 */
async function loseFirst({ page }, send) {
  const asked = { times: 0, wrong: [] };
  await page.route("**/api/account/change", async (route) => {
    if (asked.times++ > 0) {
      await shown(page, /The place has not answered yet/).waitFor();
      if (asked.times === 2) await look(page, "lost-answer"); // the page may lose patience meanwhile, and asks once more
      return route.continue();
    }
    const answer = await send(route);
    if (answer?.status === 409) {
      asked.times = 0;
      return route.fulfill(answer);
    }
    if (answer !== undefined && answer.status !== 200) asked.wrong.push(answer.status);
    await route.abort("connectionreset");
  });
  return asked;
}

/** The page asked more than once, and the place had stored it the first time. */
function wasAskedAgain({ times, wrong }) {
  assert.ok(times > 1);
  assert.deepEqual(wrong, []);
}

chapter("an administrator's first password is stored, the answer and the new token are lost: the sheet with the second secret comes all the same", async () => {
  const person = await browser.person(place);
  const asked = await loseFirst(person, sentBesides);
  admin = await firstAdministrator(person);
  wasAskedAgain(asked);
  assert.notEqual(admin.sheet.secretKey, null);
  const elsewhere = await browser.person(place);
  await elsewhere.page.goto(`${place.origin}/talk#listening`);
  await elsewhere.page.getByLabel("Sign-in name").fill(admin.sheet.handle);
  await unlock(elsewhere.page, STAFF_PASSWORD, admin.sheet.secretKey);
  await elsewhere.page.getByLabel("What it is called").waitFor();
});

chapter("somebody keeps their place, the new token arrives and the line breaks before the answer: they come in on another device", async () => {
  ({ ana, heron } = await inARoom(browser, place, {}, await listenerOnDuty(admin, await browser.person(place))));
  await say(heron.page, "Before.");
  await said(ana.page, "Before.").waitFor();
  const asked = await loseFirst(heron, sentByTheBrowser);
  await keepPlace(heron);
  wasAskedAgain(asked);
  const phone = await comeIn(await browser.person(place), heron.sheet.handle, PASSWORD);
  await toAna(phone.page);
  await said(phone.page, "Before.").waitFor();
});

chapter("all keys are made anew and the answer is lost: they count, once, and the talk goes on under them", async () => {
  const { page } = heron;
  await page.unroute("**/api/account/change");
  const asked = await loseFirst(heron, sentBesides);
  await button(page, "Somebody may have been in").click();
  heron.sheet = await keep(page, "another quiet river");
  wasAskedAgain(asked);
  await goesOn("Under new keys.", "another quiet river");
});

chapter("the request itself never arrives: it is made again, and nothing was changed twice", async () => {
  const { page } = heron;
  await page.unroute("**/api/account/change");
  const asked = await loseFirst(heron, async () => undefined);
  await button(page, "Back").click();
  await button(page, "Somebody may have been in").click();
  heron.sheet = await keep(page, "a third quiet river");
  wasAskedAgain(asked);
  await goesOn("And once more.", "a third quiet river");
});

chapter("somebody lets it go and the receipt is lost: this device forgets, the page says what it does not know, and the name opens nothing", async () => {
  const { page } = heron;
  let [times, status] = [0, 0];
  await page.route("**/api/account/erase", async (route) => {
    times++;
    if (times === 2) ({ status } = await sentBesides(route));
    if (times > 2) return route.continue();
    await route.abort("connectionreset");
  });
  await button(page, "Back").click();
  await button(page, "Erase me").click();
  await page.getByLabel("Yes, destroy it for good").check();
  await button(page, "Erase everything now").click();
  await shown(page, /The place has not answered yet/).waitFor();
  await heading(page, "The receipt was lost on the way").waitFor();
  assert.ok(times > 2);
  assert.equal(status, 200);
  await shown(ana.page, /This talk has ended for you/).waitFor();
  assert.equal(await ana.page.getByLabel("Write here").count(), 0);
  await look(page, "erased-lost", { languages: true });
  await page.goto(`${place.origin}/talk#back`);
  await page.getByLabel("Sign-in name").fill(heron.sheet.handle);
  await unlock(page, "a third quiet river", null);
  await shown(page, /The name or the password is not right/).waitFor();
  nothingWrong();
  for (const person of browser.people) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

/** Both talk on, and another device comes in with the password and reads everything. */
async function goesOn(words, password) {
  await heading(heron.page, "My place").waitFor();
  await toAna(heron.page);
  await say(heron.page, words);
  await said(ana.page, words).waitFor();
  const phone = await comeIn(await browser.person(place), heron.sheet.handle, password);
  await toAna(phone.page);
  for (const earlier of ["Before.", words]) await said(phone.page, earlier).waitFor();
  await phone.context.close();
}

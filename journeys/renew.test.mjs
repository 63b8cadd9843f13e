// SPDX-License-Identifier: AGPL-3.0-or-later
// Somebody may have been in, or a device that was open is lost: all keys anew. The other device is out, the old password and sheet open
// nothing, the talk goes on under a new epoch, and every word is still there.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, button, comeIn, firstAdministrator, heading, inARoom, keep, keepPlace, listenerOnDuty, said, say, shown, toAna, unlock } from "./people.mjs";

let place, browser, admin, ana, heron, lost;
const NEW_PASSWORD = "another quiet river";
scene((there) => ({ place, browser } = there));

const epoch = (page) => page.evaluate(async () => (await (await fetch("/api/conversations")).json()).conversations.find((c) => c.kind === "pair").epoch);

chapter("somebody talks on two devices, and one of them is lost while it is open", async () => {
  admin = await firstAdministrator(await browser.person(place));
  ({ ana, heron } = await inARoom(browser, place, {}, await listenerOnDuty(admin, await browser.person(place))));
  await say(heron.page, "Before it was lost.");
  await said(ana.page, "Before it was lost.").waitFor();
  await keepPlace(heron);
  lost = await comeIn(await browser.person(place), heron.sheet.handle, PASSWORD);
  await toAna(lost.page);
  await said(lost.page, "Before it was lost.").waitFor();
  assert.equal(await epoch(heron.page), 1);
});

chapter("all keys are made anew, by keyboard, although the other device writes at that moment", async () => {
  const { page } = heron;
  let writes = 0;
  await page.route("**/api/account/change", async (route) => {
    if (writes++ === 0) {
      const kept = lost.page.waitForResponse((answer) => answer.url().endsWith("/api/account/state") && answer.request().method() === "PUT" && answer.ok());
      await say(ana.page, "While keys are made.");
      await kept;
    }
    await route.continue();
  });
  await button(page, "Somebody may have been in").focus();
  await page.keyboard.press("Enter");
  await heading(page, "Somebody may have been in").waitFor();
  await look(page, "renew", { languages: true });
  heron.newSheet = await keep(page, NEW_PASSWORD);
  await heading(page, "My place").waitFor();
  assert.ok(writes > 1, "the first try did not come too late");
  assert.notEqual(heron.newSheet.code, heron.sheet.code);
  await page.waitForFunction(async () => (await (await fetch("/api/conversations")).json()).conversations.find((c) => c.kind === "pair").epoch === 2);
});

chapter("the lost device is out, and the old password and sheet open nothing", async () => {
  const { page } = lost;
  await shown(page, /Your session has ended/).waitFor();
  assert.ok(!(await page.content()).includes("Before it was lost."));
  await unlock(page, PASSWORD, null);
  await shown(page, /The name or the password is not right/).waitFor();
  await button(page, "With my recovery sheet").click();
  await page.getByLabel("Recovery code").fill(heron.sheet.code);
  await button(page, "Open my place").click();
  await shown(page, /do not belong together/).waitFor();
});

chapter("the administrator sees that it happened, and not to whom", async () => {
  await shown(admin.page, /Somebody who talks here: said that somebody may have been in\. Their other sessions ended, and all their keys are new/).waitFor();
  const { entries } = await admin.page.evaluate(async () => (await fetch("/api/audit?after=0")).json());
  assert.deepEqual(Object.keys(entries.find((entry) => entry.act === "client_keys_anew")).sort(), ["act", "at_ms", "count", "hash"]);
  assert.ok(!(await admin.page.content()).includes("Quiet Heron"));
  await look(admin.page, "renew-seen");
});

chapter("the talk goes on, and a new device reads every word of before and after", async () => {
  await toAna(heron.page);
  await say(heron.page, "And after.");
  await said(ana.page, "And after.").waitFor();
  await say(ana.page, "Still here.");
  await said(heron.page, "Still here.").waitFor();
  const phone = await comeIn(await browser.person(place), heron.sheet.handle, NEW_PASSWORD);
  await toAna(phone.page);
  for (const words of ["I have not slept for days.", "Before it was lost.", "While keys are made.", "And after.", "Still here."]) await said(phone.page, words).waitFor();
  nothingWrong();
  for (const person of [ana, heron, phone]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

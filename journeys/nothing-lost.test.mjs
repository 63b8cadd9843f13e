// SPDX-License-Identifier: AGPL-3.0-or-later
// Failing on purpose: whatever breaks, people meet kind and true words, and not one word of theirs is lost or said twice.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, askToBeHeard, button, comeIn, heading, holdsDraft, inARoom, keep, keepPlace, said, say, shown, thread, toAna, unlock, until } from "./people.mjs";

let place, browser, ana, heron;
scene((there) => ({ place, browser } = there));

chapter("two people are in a room", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  await said(ana.page, "I have not slept").waitFor();
});

chapter("the place dies in the middle of a sentence and comes back", async () => {
  await heron.page.getByLabel("Write here").fill("This sentence is not");
  await place.stop("SIGKILL");
  await say(heron.page, "This sentence is not lost.");
  await say(heron.page, "Nor is this one.");
  await shown(heron.page, /Your words are kept on this device|No connection/).first().waitFor();
  await place.serve();
  await said(ana.page, "This sentence is not lost.").waitFor();
  await said(ana.page, "Nor is this one.").waitFor();
  await shown(heron.page, /· (kept|read)$/).first().waitFor();
  assert.deepEqual((await thread(ana.page)).slice(-2), ["This sentence is not lost.", "Nor is this one."]);
});

chapter("no network: what is written waits, survives a reload of the page's keys, and goes out once", async () => {
  await heron.context.setOffline(true);
  await say(heron.page, "Written on a train.");
  await shown(heron.page, "· on this device").waitFor();
  await heron.context.setOffline(false);
  await said(ana.page, "Written on a train.").waitFor();
  assert.equal(await said(ana.page, "Written on a train.").count(), 1);
});

chapter("a draft is there again after the page was killed", async () => {
  await heron.page.getByLabel("Write here").fill("I was just about to say");
  await until("the draft is kept", () => heron.page.evaluate(holdsDraft));
  await heron.page.reload();
  await button(heron.page, "Open my place").click();
  await toAna(heron.page);
  await heron.page.waitForFunction(() => document.querySelector("#composer")?.value === "I was just about to say");
});

chapter("the session ends while somebody writes: the words stay, and go out after coming back", async () => {
  await heron.page.evaluate(() => fetch("/api/session", { method: "DELETE" }));
  await shown(heron.page, "Your session has ended. What you wrote is kept on this device.").waitFor();
  await button(heron.page, "Open my place").click();
  await heron.page.waitForFunction(() => document.querySelector("#composer")?.value === "I was just about to say");
  await button(heron.page, "Send").click();
  await said(ana.page, "I was just about to say").waitFor();
});

chapter("session expired on Send: the words are kept, and go out once by themselves after signing in", async () => {
  const { page, context } = heron;
  const cookies = await context.cookies(place.origin);
  await context.setOffline(true);
  await say(page, "I pressed Send just then.");
  await shown(page, "· on this device").waitFor();
  const session = cookies.find((c) => c.name.includes("hearken"));
  await fetch(`${place.origin}/api/session`, { method: "DELETE", headers: { cookie: `${session.name}=${session.value}`, origin: place.origin } });
  await context.setOffline(false);
  await shown(page, "Your session has ended. What you wrote is kept on this device.").waitFor();
  assert.equal(await said(ana.page, "I pressed Send just then.").count(), 0);
  await button(page, "Open my place").click();
  await said(ana.page, "I pressed Send just then.").waitFor();
  await shown(page, /· (kept|read)$/).last().waitFor();
  assert.equal(await said(ana.page, "I pressed Send just then.").count(), 1);
  assert.equal(await said(page, "I pressed Send just then.").count(), 1);
});

chapter("two tabs of one person agree", async () => {
  const second = await heron.context.newPage();
  await second.goto(`${place.origin}/talk`);
  await button(second, "Open my place").click();
  await toAna(second);
  await said(second, "I was just about to say").waitFor();
  await say(second, "From the second tab.");
  await said(heron.page, "From the second tab.").waitFor();
  await say(heron.page, "From the first tab.");
  await said(second, "From the first tab.").waitFor();
  assert.deepEqual(await thread(second), await thread(heron.page));
  await second.close();
});

chapter("words near the limit, and words from right to left, arrive as they were written", async () => {
  const long = `${"It goes on and on. ".repeat(842)}The end.`.slice(-15_990);
  const mixed = "She said שלום, אני כאן and then nothing.\n\nמה עכשיו? (now)";
  for (const words of [long, mixed]) {
    await say(heron.page, words);
    await said(ana.page, words.slice(-20).split("\n").at(-1)).last().waitFor();
    assert.equal((await thread(ana.page)).at(-1), words);
  }
  await heron.page.getByLabel("Write here").fill("話".repeat(6000));
  await shown(heron.page, "This is longer than one message can be. Please send it in two parts.").waitFor();
  await button(heron.page, "Send").click();
  assert.equal((await heron.page.getByLabel("Write here").inputValue()).length, 6000);
  await heron.page.getByLabel("Write here").fill("");
});

chapter("a file and its name arrive whole, sealed on the way", async () => {
  const photo = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  await heron.page.locator("input[type=file]").setInputFiles({ name: "window.png", mimeType: "image/png", buffer: photo });
  await ana.page.locator(".file-item", { hasText: "window.png" }).waitFor();
  await button(ana.page, "Show the photo").click();
  await ana.page.getByAltText("Photo: window.png").waitFor();
  const href = await ana.page.getByRole("link", { name: "Save on this device" }).getAttribute("href");
  const bytes = await ana.page.evaluate(async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())], href).catch(() => null);
  if (bytes !== null) assert.deepEqual(Buffer.from(bytes), photo);
});

chapter("a file that cannot be fetched now says so and is asked for again; one that is gone for good says what can be done", async () => {
  const { page } = ana;
  await heron.page.locator("input[type=file]").setInputFiles({ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("bread, sleep") });
  const item = page.locator(".file-item", { hasText: "list.txt" });
  await page.route("**/api/conversations/*/files/**", (route) => route.abort("connectionreset"));
  await button(item, "Fetch the file").click();
  await shown(item, /no connection to the place right now/).waitFor();
  await until("the way to try again lies above the box", () => button(item, "Try again").evaluate((one) => {
    const { left, bottom } = one.getBoundingClientRect();
    return document.elementFromPoint(left + 9, bottom - 4) === one;
  }));
  await look(page, "file-not-now");
  await page.unroute("**/api/conversations/*/files/**");
  // The same place is asked for a file it never had.
  await page.route("**/api/conversations/*/files/**", (route) => route.continue({ url: route.request().url().replace(/files\/[^/]+/, "files/00000000000000000000000000000000") }));
  await button(item, "Try again").click();
  await shown(item, "This file is no longer at this place. Whoever sent it can add it again.").waitFor();
  await look(page, "file-gone", { languages: true });
  nothingWrong();
  await page.unroute("**/api/conversations/*/files/**");
});

chapter("a wrong password, a wrong sheet, then the right one: nothing is locked", async () => {
  const { page } = heron;
  await keepPlace(heron);
  const elsewhere = await comeIn(await browser.person(place), heron.sheet.handle, "not the password");
  await shown(elsewhere.page, /The name or the password is not right/).waitFor();
  await button(elsewhere.page, "With my recovery sheet").click();
  await elsewhere.page.getByLabel("Recovery code").fill(heron.sheet.code.replace(/^..../, "0000"));
  await button(elsewhere.page, "Open my place").click();
  await shown(elsewhere.page, /mistyped|do not belong together/).waitFor();
  await elsewhere.page.getByLabel("Recovery code").fill(heron.sheet.code.toLowerCase());
  await button(elsewhere.page, "Open my place").click();
  await heading(elsewhere.page, "Choose a new password").waitFor();
  elsewhere.sheet = await keep(elsewhere.page, "a new slow river");
  await toAna(elsewhere.page);
  await said(elsewhere.page, "From the first tab.").waitFor();
  assert.notEqual(elsewhere.sheet.code, heron.sheet.code);
  // The first device was signed out by the change; its old password opens nothing any more.
  await heading(page, "Open your place again").waitFor();
  await unlock(page, PASSWORD, null);
  await shown(page, /The name or the password is not right/).waitFor();
  await unlock(page, "a new slow river", null);
  await heading(page, "My place").waitFor();
});

chapter("an invitation works once", async () => {
  const late = await browser.person(place);
  await late.page.goto(place.invitation);
  await heading(late.page, "This invitation is used or over").waitFor();
  assert.ok(!late.page.url().includes("#"), "the invitation left the address");
});

chapter("after leaving, out of a dialog too, the Back button shows nothing of what was said", async () => {
  const { page, context } = heron;
  await context.route("https://www.wikipedia.org/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>elsewhere</title>" }));
  await toAna(page);
  await said(page, "From the first tab.").waitFor();
  await button(page, "Settings").click();
  await page.locator("dialog[open]").getByRole("button", { name: "Leave" }).click();
  await page.waitForURL("https://www.wikipedia.org/");
  await page.goBack().catch(() => undefined);
  await page.waitForTimeout(1500);
  assert.ok(!(await page.content()).includes("From the first tab."));
  const cookies = await context.cookies(place.origin);
  const session = await page.request.get(`${place.origin}/api/session`);
  assert.equal(session.status(), 401, `signed out (${cookies.length} cookies)`);
});

chapter("after a while without a sign of life the keys are put away, and the draft is kept", async () => {
  const person = await browser.person(place);
  await person.page.clock.install();
  await comeIn(person, heron.sheet.handle, "a new slow river");
  await toAna(person.page);
  await person.page.getByLabel("Write here").fill("half a thought");
  await person.page.clock.runFor(5000);
  await person.page.clock.fastForward("31:00");
  await person.page.clock.runFor(10_000);
  await shown(person.page, /You were away for a while/).waitFor();
  assert.ok(!(await person.page.content()).includes("From the first tab."));
  await unlock(person.page, "a new slow river", null);
  await person.page.waitForFunction(() => document.querySelector("#composer")?.value === "half a thought");
});

chapter("a clock that is a day behind is said, and nobody is kept from being heard", async () => {
  const person = await browser.person(place);
  await person.page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() - 86_400_000;
  });
  await askToBeHeard(person, { name: "Late Owl", words: "My clock stands still." });
  await button(ana.page, "Back").click();
  await button(ana.page, "Open the door").first().click();
  await shown(person.page, /The clock of this device is off/).waitFor();
  await say(person.page, "But I am here.");
  await said(ana.page, "But I am here.").waitFor();
});

chapter("asking for another listener can be turned back from, and erasing leaves a receipt", async () => {
  const person = await comeIn(await browser.person(place), heron.sheet.handle, "a new slow river");
  await button(person.page, "Change my listener").click();
  await heading(person.page, "How would you like to be heard?").waitFor();
  await shown(person.page, /Ana cannot read anything new from you/).waitFor();
  await button(person.page, "Back").click();
  await heading(person.page, "My place").waitFor();
  await button(person.page, "Change my listener").waitFor();
  await button(person.page, "Erase me").click();
  await person.page.getByLabel("Yes, destroy it for good").check();
  await button(person.page, "Erase everything now").click();
  await heading(person.page, "It is gone").waitFor();
  await comeIn(person, heron.sheet.handle, "a new slow river");
  await shown(person.page, /The name or the password is not right/).waitFor();
});

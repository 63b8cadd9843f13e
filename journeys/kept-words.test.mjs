// SPDX-License-Identifier: AGPL-3.0-or-later
// What a device has read it keeps, sealed: a reload fetches only what is new. Bent, it is noticed; left or erased, it is gone.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { STAFF_PASSWORD, button, heading, inARoom, said, say, shown, thread, toAna, unlock, until } from "./people.mjs";

let place, browser, ana, heron;
scene((there) => ({ place, browser } = there));


/** What lies in this browser: how much, as text, or every part of it bent by one bit. */
function kept(page, what) {
  return page.evaluate(async (what) => {
    const done = (request) => new Promise((yes, no) => ((request.onsuccess = () => yes(request.result)), (request.onerror = () => no(request.error))));
    if (!(await indexedDB.databases()).some((one) => one.name === "hearken-kept")) return what === "text" ? "" : 0;
    const database = await done(indexedDB.open("hearken-kept"));
    const store = database.transaction("sealed", "readwrite").objectStore("sealed");
    const keys = await done(store.getAllKeys());
    const values = await done(store.getAll());
    if (what === "bend") {
      for (const [at, bytes] of values.entries()) {
        if (keys[at][2] === "index") continue;
        bytes[bytes.length - 20] ^= 1;
        await done(store.put(bytes, keys[at]));
      }
    }
    database.close();
    return what === "text" ? values.map((bytes) => new TextDecoder().decode(bytes)).join(" ") : keys.length;
  }, what);
}
const count = (page) => kept(page, "count");

async function untilKept(page, wanted) {
  await until(wanted ? "something is kept" : "nothing is kept", async () => (await count(page)) > 0 === wanted);
}

/** From where the log was read, from now on. */
function readsOf(page) {
  const reads = [];
  page.on("request", (request) => {
    const after = /\/log\?after=(\d+)/.exec(request.url());
    if (after !== null) reads.push(Number(after[1]));
  });
  return reads;
}

async function backIn(page) {
  await page.reload();
  await button(page, "Open my place").click();
  await toAna(page);
}

chapter("two people have talked", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  for (const words of ["The first night.", "The second night.", "The third night."]) await say(heron.page, words);
  await said(ana.page, "The third night.").waitFor();
  heron.reads = readsOf(heron.page);
});

chapter("after a reload the words stand there, and only what is new is asked for", async () => {
  const { page, reads } = heron;
  await page.waitForTimeout(3000); // the account remembers how far it has read, the device keeps it
  await untilKept(page, true);
  const before = await thread(page);
  await page.goto("about:blank");
  await say(ana.page, "I am still here.");
  reads.length = 0;
  await page.goto(`${place.origin}/talk`);
  await backIn(page);
  await said(page, "I am still here.").waitFor();
  assert.deepEqual(await thread(page), [...before, "I am still here."]);
  assert.ok(reads.length > 0 && reads.every((after) => after >= 4), `read after ${reads}`);
  await say(page, "Good that you are.");
  await said(ana.page, "Good that you are.").waitFor();
});

chapter("what lies there is noise", async () => {
  const found = await kept(heron.page, "text");
  assert.ok(found.length > 500);
  for (const word of ["night", "Heron", "still here", "shown", "position"]) assert.ok(!found.includes(word), word);
});

chapter("somebody bends what lies there: it is noticed, and the words come from the place again", async () => {
  const { page, reads } = heron;
  await page.waitForTimeout(3000);
  const before = await thread(page);
  const bent = await kept(page, "bend");
  assert.ok(bent >= 2);
  reads.length = 0;
  await backIn(page);
  await said(page, "Good that you are.").waitFor();
  assert.deepEqual(await thread(page), before);
  assert.ok(reads.includes(0), `read after ${reads}`);
  assert.equal(await shown(page, /could not be verified/).count(), 0);
});

chapter("leaving in a hurry takes them along", async () => {
  const { page, context } = ana;
  await context.route("https://www.wikipedia.org/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>elsewhere</title>" }));
  await untilKept(page, true);
  for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
  await page.waitForURL("https://www.wikipedia.org/");
  await page.goto(`${place.origin}/talk#listening`);
  assert.equal(await count(page), 0);
  await page.getByLabel("Sign-in name").fill(ana.sheet.handle);
  await unlock(page, STAFF_PASSWORD, ana.sheet.secretKey);
  await heading(page, /I am here until/).waitFor();
  await untilKept(page, true); // the list of people reads their names
});

chapter("when somebody erases themselves nothing stays, here or on the other side, although the session is over before the answer comes", async () => {
  const { page } = heron;
  await untilKept(page, true);
  await page.route("**/api/account/erase", async (route) => {
    const answer = await route.fetch();
    await page.waitForTimeout(2000); // the socket says long before that the session is over
    await route.fulfill({ response: answer });
  });
  await button(page, "End for now").click();
  await button(page, "Let it go").click();
  await page.getByRole("checkbox").check();
  await button(page, "Erase everything now").click();
  await heading(page, "It is gone").waitFor();
  assert.equal(await count(page), 0);
  await ana.page.reload();
  await unlock(ana.page, STAFF_PASSWORD, ana.sheet.secretKey);
  await heading(ana.page, /I am here until/).waitFor();
  await untilKept(ana.page, false);
  assert.deepEqual([...heron.seen.errors, ...ana.seen.errors], []);
});

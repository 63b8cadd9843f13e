// SPDX-License-Identifier: AGPL-3.0-or-later
// A device that will not keep anything: its disk is full, or the window is private and storage is refused. People are told in time,
// are heard all the same, and lose no word as long as the page stands.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { PASSWORD, anaOnDuty, askToBeHeard, button, comeIn, heading, keep, said, say, shown, thread, toAna } from "./people.mjs";

let place, browser, ana;
scene((there) => ({ place, browser } = there));

const KEEPS_NOTHING = /This browser keeps nothing for us/;
const NO_DRAFTS = /does not let us keep drafts/;

/** The room of a disk as the browser sees it. */
async function room(person, bytes) {
  const cdp = await person.context.newCDPSession(person.page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: place.origin, quotaSize: bytes });
}

/** Something else on the device takes all the room that is left, or gives it back. */
async function filled(person, full) {
  const wrote = await person.page.evaluate(async (fill) => {
    const done = (request) => new Promise((ok, no) => ((request.onsuccess = () => ok(request.result)), (request.onerror = () => no(request.error)), (request.onblocked = () => no(new Error("blocked")))));
    if (!fill) return void (await done(indexedDB.deleteDatabase("photos")));
    const asked = indexedDB.open("photos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("all");
    const photos = await done(asked);
    let size = 200_000;
    let kept = 0;
    while (size > 50) {
      const write = photos.transaction("all", "readwrite");
      const stored = await new Promise((ok) => {
        write.oncomplete = () => ok(true);
        write.onabort = () => ok(false);
        write.objectStore("all").put(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))), kept);
      });
      if (stored) kept += 1;
      else size = Math.floor(size / 2);
    }
    photos.close();
    return kept;
  }, full);
  if (full) assert.ok(wrote > 0, "nothing was filled");
}

/** As in a window whose browser refuses IndexedDB: it stands there and does not open. In the page and in our worker. */
async function refuseStorage({ context }) {
  const refuse = `IDBFactory.prototype.open = () => { throw new DOMException("refused", "InvalidStateError"); };`;
  await context.addInitScript(refuse);
  await context.route(/\/a\/vault[^/]*\.js$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${refuse}\n${await answer.text()}` });
  });
}

async function opened(person) {
  await button(ana.page, "Open the door").first().click();
  await heading(person.page, "Ana").waitFor();
}

async function backToToday() {
  await button(ana.page, "Back").click();
  await heading(ana.page, "Today").waitFor();
}

chapter("a listener is there", async () => {
  ana = await anaOnDuty(await browser.person(place));
});

chapter("storage refused: it is said before anything is lost, and the person is heard to the end", async () => {
  const person = await browser.person(place);
  await refuseStorage(person);
  await askToBeHeard(person, { name: "Private Wren", words: "I am in a private window." });
  await shown(person.page, KEEPS_NOTHING).waitFor();
  await opened(person);
  await said(ana.page, "I am in a private window.").waitFor();
  await say(person.page, "Can you read this?");
  await said(ana.page, "Can you read this?").waitFor();
  await say(ana.page, "Every word.");
  await said(person.page, "Every word.").waitFor();
  assert.deepEqual(await thread(person.page), ["I am in a private window.", "Can you read this?", "Every word."]);
  assert.equal(await shown(person.page, /could not keep a copy/).count(), 0, "what the place has kept needs no warning any more");
});

chapter("storage refused: with a password the place is kept after all, and opens in another window", async () => {
  const [person] = browser.people.slice(-1);
  await button(person.page, "Keep this place").first().click();
  const sheet = await keep(person.page, PASSWORD);
  await heading(person.page, "My place").waitFor();
  assert.equal(await shown(person.page, KEEPS_NOTHING).count(), 0);
  const elsewhere = await comeIn(await browser.person(place), sheet.handle, PASSWORD);
  await toAna(elsewhere.page);
  await said(elsewhere.page, "Every word.").waitFor();
  await backToToday();
});

chapter("storage full from the start: the same words, and the same being heard", async () => {
  const person = await browser.person(place);
  await person.page.goto(`${place.origin}/talk`);
  await room(person, 1);
  await askToBeHeard(person, { name: "Full Owl", words: "My phone is full." });
  await shown(person.page, KEEPS_NOTHING).waitFor();
  await opened(person);
  await said(ana.page, "My phone is full.").waitFor();
  await backToToday();
});

chapter("storage full in the middle of a talk: drafts are said not to be kept, words still go out, once", async () => {
  const person = await browser.person(place);
  await person.page.goto(`${place.origin}/talk`);
  await room(person, 400_000);
  await askToBeHeard(person, { name: "Brim Hare", words: "There is still room." });
  assert.equal(await shown(person.page, KEEPS_NOTHING).count(), 0);
  await opened(person);
  await said(ana.page, "There is still room.").waitFor();
  await filled(person, true);
  await person.page.getByLabel("Write here").fill("Now there is none.");
  await shown(person.page, NO_DRAFTS).waitFor();
  await button(person.page, "Send").click();
  await said(ana.page, "Now there is none.").waitFor();
  // what the place has kept needs no warning any more; the other side may have it a moment before this one hears so
  await shown(person.page, /· (kept|read)$/).first().waitFor();
  await shown(person.page, /could not keep a copy/).waitFor({ state: "detached" });
  await person.context.setOffline(true);
  await say(person.page, "And no line either.");
  await shown(person.page, /could not keep a copy|goes out when the connection is back/).first().waitFor();
  await person.context.setOffline(false);
  await said(ana.page, "And no line either.").waitFor();
  await filled(person, false);
  await person.page.getByLabel("Write here").fill("Room again.");
  await shown(person.page, NO_DRAFTS).waitFor({ state: "detached" });
  assert.deepEqual(await thread(ana.page), ["There is still room.", "Now there is none.", "And no line either."]);
  await backToToday();
});

chapter("nobody's page complained", () => {
  for (const person of browser.people) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

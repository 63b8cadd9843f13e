// SPDX-License-Identifier: AGPL-3.0-or-later
// The place loses words: a real backup, words after it, a real restore. Whoever remembers more than the place sees it, reads on, decides,
// and says their own lost words again. One page stood open all the while; the other was locked and comes back later.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { chapter, scene } from "./place.mjs";
import { look, nothingWrong } from "./looks.mjs";
import { PASSWORD, STAFF_PASSWORD, button, heading, inARoom, keepPlace, said, say, shown, thread, toAna, unlock } from "./people.mjs";

const run = promisify(execFile);
const HEARKEND = path.join(process.env.HEARKEN_BUILD ?? path.resolve(import.meta.dirname, "../build-test"), "server/hearkend");

let place, browser, ana, heron;
scene((there) => ({ place, browser } = there));

const LETTER = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear sister, this is what I could not say.") };
const backup = () => path.join(place.dir, "yesterday.db");

chapter("two people talk, and the place is backed up", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  await keepPlace(heron);
  await toAna(heron.page);
  await say(heron.page, "This was before.");
  await shown(ana.page, "This was before.").waitFor();
  await heron.page.waitForTimeout(2500); // what the account remembers is at the place
  await run(HEARKEND, ["backup", backup(), "--db", path.join(place.dir, "hearken.db")]);
});

chapter("more is said, and then the place loses it", async () => {
  await say(heron.page, "I told my sister.");
  await shown(ana.page, "I told my sister.").waitFor();
  await say(ana.page, "What was that like?");
  await shown(heron.page, "What was that like?").waitFor();
  await heron.page.getByLabel("Add a file or photo").setInputFiles(LETTER);
  await ana.page.locator(".file-item", { hasText: "letter.txt" }).waitFor();
  await ana.page.getByLabel("Add a file or photo").setInputFiles({ ...LETTER, name: "breathing.txt" });
  await heron.page.locator(".file-item", { hasText: "breathing.txt" }).waitFor();
  await heron.page.waitForTimeout(3000);
  // Ana closes her page: she will come back to another history than the one her account knew.
  await ana.page.goto("about:blank");
  await place.stop();
  await run(HEARKEND, ["restore", backup(), "--db", path.join(place.dir, "hearken.db")]);
  await place.serve();
});

chapter("the page that stood open says what happened, keeps what it read, and sends nothing", async () => {
  const { page } = heron;
  await heading(page, /This place lost words after/).waitFor();
  assert.deepEqual(await thread(page), ["I have not slept for days.", "This was before."]);
  const card = page.getByRole("region", { name: /This place lost words after/ });
  await card.getByText("I told my sister.").waitFor();
  await card.getByText("What was that like?").waitFor();
  await card.getByText(/^letter\.txt \(42 byte\)/).waitFor();
  await card.getByText("breathing.txt").waitFor();
  await card.getByText("Whoever sent it can add it again.").waitFor();
  await page.getByLabel("Write here").fill("Written while it rests.");
  await button(page, "Send").click();
  await shown(page, "· on this device").waitFor();
  await look(page, "interrupted");
});

chapter("going on is a decision, and then one's own words can be said again", async () => {
  const { page } = heron;
  await button(page, "Go on from here").click();
  await shown(page, "This place had lost words here. The talk went on from this point.").waitFor();
  await button(page, "Say it again").click();
  await said(page, "I told my sister.").waitFor();
  await page.getByLabel("Add this file again").setInputFiles(LETTER);
  await page.locator(".file-item", { hasText: "letter.txt" }).waitFor();
  await page.getByLabel("Add this file again").waitFor({ state: "detached" });
  assert.deepEqual([...(await thread(page))].sort(), ["I have not slept for days.", "I told my sister.", "This was before.", "Written while it rests."]);
  await look(page, "resumed");
});

chapter("who was away comes back, sees it too, and goes on where the other went on", async () => {
  const { page } = ana;
  await page.goto(`${place.origin}/talk#listening`);
  await unlock(page, STAFF_PASSWORD, ana.sheet.secretKey);
  await button(page, /Quiet Heron/).click();
  await heading(page, /This place lost words after/).waitFor();
  await page.getByText("Somebody in this talk has already gone on from here. You can too.").waitFor();
  await page.getByText("What was that like?").waitFor(); // her own, kept on her device
  await look(page, "interrupted-later");
  await button(page, "Go on from here").click();
  await button(page, "Say it again").click();
  await page.getByLabel("Add this file again").setInputFiles({ ...LETTER, name: "breathing.txt" });
  await shown(heron.page, "What was that like?").last().waitFor();
  for (const [reader, name] of [[page, "letter.txt"], [heron.page, "breathing.txt"]]) {
    await button(reader.locator(".file-item", { hasText: name }), "Fetch the file").click();
    await reader.locator(".file-item", { hasText: name }).getByText("Save on this device").waitFor();
  }
  await said(page, "What was that like?").waitFor();
  await say(page, "Here we are again.");
  await said(page, "Here we are again.").waitFor();
  await said(heron.page, "Here we are again.").waitFor();
  assert.deepEqual(await thread(heron.page), await thread(page));
});

chapter("after a reload nothing is interrupted any more", async () => {
  const { page } = heron;
  await page.waitForTimeout(2500);
  await page.reload();
  await unlock(page, PASSWORD, null);
  await toAna(page);
  await said(page, "Here we are again.").waitFor();
  assert.equal(await heading(page, /This place lost words after/).count(), 0);
  await say(page, "Good night.");
  await said(ana.page, "Good night.").waitFor();
});

chapter("no screen of it had a fault", async () => {
  nothingWrong();
  for (const person of [ana, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

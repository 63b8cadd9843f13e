// SPDX-License-Identifier: AGPL-3.0-or-later
// What people do, said once: every story uses the page the way a person does, by the names of things.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { BUILD } from "./place.mjs";

const run = promisify(execFile);
const PERSON = path.join(BUILD, "journeys/programs/person");

export const STAFF_PASSWORD = "the heron stands still";
export const PASSWORD = "slow river at dusk";

export const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });
/** Words on the page itself: not those that are spoken to people who hear it. */
export const shown = (page, text) => ("url" in page ? page.locator("#content") : page).getByText(text);
/** A fact of the waiting room, by its name and what it says. */
export const fact = (page, name, words) => page.locator(".waiting-facts > div", { hasText: name }).locator("dd").filter({ hasText: words });
/** The card of somebody who waits, as a listener sees it. */
export const waitingCard = (page, name) => page.locator("li.card", { has: page.getByRole("heading", { name }) }).first();
export const heading = (page, name) => page.getByRole("heading", { name });

/** Sets a password, reads the sheet as a person would, types two groups back. */
export async function keep(page, password) {
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("The same password again").fill(password);
  await button(page, "Continue").click();
  await heading(page, "Your recovery sheet").waitFor();
  const sheet = await readSheet(page);
  await button(page, "I have it on paper").click();
  for (const label of await page.getByText(/^Group \d+$/).allTextContents()) {
    await page.getByLabel(label, { exact: true }).fill(sheet.groups[Number(label.slice(6)) - 1]);
  }
  await button(page, "Done").click();
  return sheet;
}

async function readSheet(page) {
  const sheet = page.locator(".recovery-sheet");
  const groups = (await sheet.locator(".recovery-groups li").allTextContents()).map((text) => text.replace(/^\d+\s+/, "").trim());
  const secret = sheet.locator("dd.sheet-words");
  return {
    handle: (await sheet.locator("strong").textContent()).trim(),
    groups,
    code: groups.join(" "),
    secretKey: (await secret.count()) > 0 ? (await secret.first().textContent()).trim() : null,
  };
}

export async function joinAsStaff(person, link, name) {
  const { page } = person;
  await page.goto(link);
  await page.getByLabel("Your name, as people here will see it").fill(name);
  await button(page, "Join").click();
  person.sheet = await keep(page, STAFF_PASSWORD);
  return person;
}

/** The first administrator: sets up the key of the place. */
export async function firstAdministrator(person) {
  await joinAsStaff(person, person.place.invitation, "Kim");
  await button(person.page, "Make the key of this place").click();
  await button(person.page, "Make the key of this place").waitFor({ state: "detached" });
  return person;
}

/** An invitation link for somebody who will work here. */
export async function inviteStaff(admin, role) {
  await admin.page.getByLabel(role, { exact: true }).check();
  const shownBefore = await admin.page.locator(".invite-link").allTextContents();
  await button(admin.page, "Make an invitation link").click();
  for (;;) {
    const [link] = await admin.page.locator(".invite-link").allTextContents();
    if (link !== undefined && !shownBefore.includes(link)) return link.trim();
    await admin.page.waitForTimeout(50);
  }
}

/** A peer listener who leads the team, vouched for and on duty. */
export async function listenerOnDuty(admin, person, name = "Ana") {
  await joinAsStaff(person, await inviteStaff(admin, "trained peer listener"), name);
  await shown(person.page, /Waiting for check/).waitFor();
  await button(admin.page, `Vouch for ${name}`).click();
  await button(admin.page, `Vouch for ${name}`).waitFor({ state: "detached" });
  await goOnDuty(person.page);
  return person;
}

/**
 * The same listener where joining is not what the story tells: the vault of the command line has made her and an administrator, as the
 * pages would, and she comes in by her sheet.
 */
export async function anaOnDuty(person) {
  const { page, place } = person;
  const invitation = new URL(place.invitation).hash.slice(1);
  const { stdout } = await run(PERSON, ["--url", place.origin, "team", invitation, "Ana", STAFF_PASSWORD]);
  const [handle, secretKey] = stdout.trim().split(" ");
  person.sheet = { handle, secretKey };
  await page.goto(`${place.origin}/talk#listening`);
  await page.getByLabel("Sign-in name").fill(handle);
  await unlock(page, STAFF_PASSWORD, secretKey);
  await heading(page, /I am here until/).waitFor();
  return person;
}

/** Two people in a room: Ana, here already or coming, has opened the door to whoever asked. */
export async function inARoom(browser, place, asking = {}, here = null) {
  const ana = here ?? (await anaOnDuty(await browser.person(place)));
  const heron = await askToBeHeard(await browser.person(place), asking);
  await button(ana.page, "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
  return { ana, heron };
}

/** From the room: keeps the place with a password and a sheet, and stands in it. */
export async function keepPlace(person, password = PASSWORD) {
  await button(person.page, "End for now").click();
  await button(person.page, "Keep this place").click();
  person.sheet = await keep(person.page, password);
  await heading(person.page, "My place").waitFor();
  return person.sheet;
}

/** Another device, on which nothing is kept yet: the sign-in name and the password typed. */
export async function comeIn(person, handle, password) {
  const { page, place } = person;
  await page.goto(`${place.origin}/talk#back`);
  await page.getByLabel("Sign-in name").fill(handle);
  await unlock(page, password, null);
  return person;
}

/** From one's place into the talk with Ana. */
export const toAna = (page) => button(page, /^Ana, /).click();

export async function goOnDuty(page) {
  await button(page, "4 hours").click();
  await heading(page, /I am here until/).waitFor();
}

/** After a reload or a lock: the same device, the password typed again. */
export async function signInAgain(person, password = STAFF_PASSWORD) {
  const { page } = person;
  await page.reload();
  await unlock(page, password, person.sheet?.secretKey ?? null);
}

export async function unlock(page, password, secretKey) {
  await page.getByLabel("Password", { exact: true }).fill(password);
  if (secretKey !== null) await page.getByLabel("Secret key").fill(secretKey);
  await button(page, "Open my place").click();
}

/** From the front page to the first words. */
export async function askToBeHeard(person, { name = "Quiet Heron", words = "I have not slept for days.", wish = "Just listen" } = {}) {
  const { page, place } = person;
  await page.goto(place.origin);
  await page.getByRole("link", { name: "Talk to someone" }).click();
  await page.getByLabel(wish).check();
  await button(page, "Continue").click();
  await page.getByLabel("What may we call you?").fill(name);
  await button(page, "Continue").click();
  await page.getByLabel("What is on your mind?").fill(words);
  await button(page, "Ask somebody to listen").click();
  await heading(page, "Your words are waiting with you").waitFor();
  return person;
}

/** Opens the talks of a listener's list, all still called Somebody, until the one that says this stands there. Returns when it was pressed. */
export async function openTalkThatSays(page, words) {
  const talks = page.locator("button", { hasText: /^Somebody(, new words)?$/ });
  await talks.first().waitFor();
  const count = await talks.count();
  for (let i = 0; i < count; i++) {
    const pressed = performance.now();
    await talks.nth(i).click();
    await page.locator(".said-text").first().waitFor();
    const wanted = page.locator(".said-text", { hasText: words });
    const is = await wanted.first().waitFor({ timeout: i + 1 < count ? 10_000 : 60_000 }).then(() => true, () => false);
    if (is) return pressed;
    await button(page, "Back").click();
    await talks.first().waitFor();
  }
  throw new Error(`no talk says ${words}`);
}

/** Both files of *Take my things*, saved as a person does and opened: the JSON read, the page as somebody sees it who has no network. */
export async function takeThings(page) {
  const saved = async (name) => {
    const coming = page.waitForEvent("download");
    await button(page, name).click();
    return fs.readFileSync(await (await coming).path(), "utf8");
  };
  const json = JSON.parse(await saved("For other programs (JSON)"));
  const html = await saved("As a page to read (HTML)");
  const reader = await page.context().browser().newContext({ javaScriptEnabled: false, offline: true });
  try {
    const opened = await reader.newPage();
    await opened.setContent(html);
    return { json, page: await opened.locator("body").innerText() };
  } finally {
    await reader.close();
  }
}

/** Runs in a page: does this device hold a sealed draft? Its label says that it is one, nothing says what stands in it. */
export async function holdsDraft() {
  const done = (request) => new Promise((yes, no) => ((request.onsuccess = () => yes(request.result)), (request.onerror = () => no(request.error))));
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("hearken-local-")) continue;
    const database = await done(indexedDB.open(name));
    const keys = database.objectStoreNames.contains("sealed") ? await done(database.transaction("sealed").objectStore("sealed").getAllKeys()) : [];
    database.close();
    if (keys.some((key) => String(key).startsWith("draft/"))) return true;
  }
  return false;
}

/** `look` gives true in the end. */
export async function until(what, look) {
  for (let tries = 0; tries < 1200; tries++) {
    if (await look()) return;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error(`${what}: that did not come`);
}

export async function say(page, words) {
  await page.getByLabel("Write here").fill(words);
  await button(page, "Send").click();
}

/** Somebody's words where they stand in a thread. */
export const said = (page, words) => page.locator(".said-text", { hasText: words });

/** Words of the thread, in their order. */
export async function thread(page) {
  return page.locator(".said-text").allTextContents();
}

/** The words of a spoken check, as this page shows them. */
export const fourWords = (page) => page.locator(".four-words li").allTextContents();

/** Both pages show the same four words, as they are read aloud. */
export async function bothRead(one, other) {
  for (const page of [one, other]) await page.locator(".four-words").waitFor();
  const [these, those] = [await fourWords(one), await fourWords(other)];
  assert.equal(these.length, 4);
  assert.ok(these.every((word) => /^[a-z]+$/.test(word)), these.join(" "));
  assert.deepEqual(these, those);
}

/** The code that lets somebody in again, as their listener says it. */
export async function giveCode(page) {
  await button(page, /^Give (them a|a new) code$/).click();
  await page.locator(".let-in-code").waitFor();
  return (await page.locator(".let-in-code").textContent()).trim();
}

export async function typeCode(page, code) {
  await page.getByLabel("The code").fill(code);
  await button(page, "Continue").click();
}

/** Somebody with neither password nor sheet, before the field for the code. */
export async function comeBackWithNothing({ page, place }) {
  await page.goto(`${place.origin}/talk#back`);
  await button(page, "I have neither password nor sheet").click();
}

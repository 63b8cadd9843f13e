// SPDX-License-Identifier: AGPL-3.0-or-later
// A walk through every screen: looks.mjs says what is looked at. Screens and the parts that draw them are listed from the code, so that a
// new one without a look fails here.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { chapter, scene, startPlace } from "./place.mjs";
import { PASSWORD, STAFF_PASSWORD, askToBeHeard, button, firstAdministrator, heading, inviteStaff, joinAsStaff, keep, listenerOnDuty, said, say, shown, waitingCard } from "./people.mjs";
import { look as lookAt, lookedAt, nothingWrong, printed } from "./looks.mjs";

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), "..");
const NO_LANGUAGES = { languages: false, doors: true };
const look = (page, name, options = { languages: true, doors: true }) => lookAt(page, name, options);

let place, browser, admin, ana, heron;
scene((there) => ({ place, browser } = there));

chapter("the front page, in each language and without script", async () => {
  const reader = await browser.person(place, { javaScriptEnabled: false });
  await reader.page.goto(place.origin);
  await reader.page.getByRole("link", { name: "Talk to someone" }).waitFor();
  await reader.page.getByRole("link", { name: "Deutsch", exact: true }).click();
  await reader.page.getByRole("link", { name: "Mit jemandem sprechen" }).waitFor();
  heron = await browser.person(place);
  for (const [page, name] of [["", "front"], ["de", "front-de"], ["de-formal", "front-de-formal"]]) {
    await heron.page.goto(`${place.origin}/${page}`);
    await look(heron.page, name, NO_LANGUAGES);
  }
});

chapter("joining, and the administrator's page", async () => {
  admin = await browser.person(place);
  await admin.page.goto(place.invitation);
  await heading(admin.page, "Welcome").waitFor();
  await look(admin.page, "join-first");
  await firstAdministrator(admin);
  const ben = await browser.person(place);
  await ben.page.goto(await inviteStaff(admin, "licensed therapist"));
  await heading(ben.page, "Welcome").waitFor();
  await look(ben.page, "join-therapist");
  await ben.page.getByLabel("Your name, as people here will see it").fill("Ben");
  await ben.page.getByLabel("Who gave it (the board)").fill("Chamber of Psychotherapists");
  await ben.page.getByLabel("Number").fill("P-4711");
  await ben.page.getByLabel("Country where it is valid").fill("DE");
  await ben.page.getByLabel("Valid until").fill("2030-12-31");
  await button(ben.page, "Join").click();
  await keep(ben.page, STAFF_PASSWORD);
  await shown(ben.page, /Waiting for check/).waitFor();
  await look(ben.page, "today-not-certified");
  await button(admin.page, "I looked it up at the board just now").waitFor();
  await look(admin.page, "administrator");
  const sue = await joinAsStaff(await browser.person(place), await inviteStaff(admin, "supervisor"), "Sue");
  await heading(sue.page, "Supervision").waitFor();
  await look(sue.page, "supervisor");
  const late = await browser.person(place);
  await late.page.goto(place.invitation);
  await heading(late.page, "This invitation is used or over").waitFor();
  await look(late.page, "join-gone");
});

chapter("a listener's day, and somebody whom they invite", async () => {
  ana = await listenerOnDuty(admin, await browser.person(place));
  await look(ana.page, "today-quiet");
  await button(ana.page, "Make an invitation link").click();
  const link = (await ana.page.locator(".invite-link").textContent()).trim();
  const invited = await browser.person(place);
  await invited.page.goto(link);
  await heading(invited.page, "Ana would like to talk with you").waitFor();
  await look(invited.page, "join-client");
  await ana.page.reload();
  await heading(ana.page, "Open your place again").waitFor();
  await look(ana.page, "sign-in-staff");
  await ana.page.getByLabel("Password", { exact: true }).fill(STAFF_PASSWORD);
  await ana.page.getByLabel("Secret key").fill(ana.sheet.secretKey);
  await button(ana.page, "Open my place").click();
  await heading(ana.page, "Today").waitFor();
});

chapter("arriving", async () => {
  const { page } = heron;
  await page.goto(`${place.origin}/talk`);
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
  await look(page, "crisis", NO_LANGUAGES);
  await page.getByLabel("Country").selectOption("AU");
  await shown(page.locator("dialog"), /Not confirmed yet/).waitFor();
  await look(page, "crisis-not-confirmed", NO_LANGUAGES);
  await button(page, "Close").click();
  await button(page, "Settings").click();
  await heading(page, "How the page looks").waitFor();
  await look(page, "settings", NO_LANGUAGES);
  // From a dialog too: help, then the number. Closing it leads back to where one was.
  await button(page.getByRole("dialog"), "Need help now").click();
  await page.getByRole("link", { name: "Call 0800 111 0 111" }).click({ trial: true });
  await look(page, "crisis-over-settings", NO_LANGUAGES);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Call 0800 111 0 111" }).waitFor({ state: "detached" });
  await heading(page, "How the page looks").waitFor();
  await button(page, "Close").click();
});

chapter("a request that is over", async () => {
  const person = await askToBeHeard(await browser.person(place), { name: "Slow River" });
  const tab = await person.context.newPage();
  await tab.goto(`${place.origin}/talk`);
  await button(tab, "Open my place").click();
  await button(tab, "I do not want to wait any longer").click();
  await button(tab, "Stop waiting").click();
  await heading(person.page, "This request is over").waitFor();
  await tab.close();
  await look(person.page, "waiting-over");
});

chapter("the room, from both sides", async () => {
  await look(ana.page, "today-waiting");
  await button(waitingCard(ana.page, "Quiet Heron"), "Pass on").click();
  await shown(ana.page, /Passed on/).waitFor();
  await look(ana.page, "today-passed");
  await button(waitingCard(ana.page, "Quiet Heron"), "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
  await say(ana.page, "I am here. Take all the time you need.");
  await said(heron.page, "Take all the time").waitFor();
  for (const words of ["It is the nights.", "They are long, and then it is four o'clock and I count the hours until I have to get up again.", "See https://example.org/sleep (if that helps).", "שלום, אני כאן. I am here, שלום"]) {
    await say(heron.page, words);
    await said(ana.page, words.slice(0, 20)).waitFor();
  }
  await heron.page.locator("input[type=file]").setInputFiles({ name: "my-window-at-four-in-the-morning.png", mimeType: "image/png", buffer: await ana.page.screenshot() });
  await ana.page.locator(".file-item").waitFor();
  await button(ana.page, "Show the photo").click();
  await ana.page.getByAltText(/^Photo/).waitFor();
  await shown(heron.page, /read$/).first().waitFor();
  await look(heron.page, "room");
  await ana.page.getByLabel("Write here").fill("You should just go to bed earlier.");
  await button(ana.page, "A thought").click();
  await look(ana.page, "room-listener");
  await ana.page.getByLabel("Write here").fill("");
  await button(heron.page, "Search").click();
  await heron.page.getByLabel("Look for a word").fill("four hours");
  await shown(heron.page, "1 found").waitFor();
  await look(heron.page, "room-search");
  await button(heron.page, "Search").click();
  await heron.context.setOffline(true);
  await say(heron.page, "Written on a train.");
  await shown(heron.page, /Your words are kept on this device/).first().waitFor();
  await look(heron.page, "room-offline", NO_LANGUAGES);
  await heron.context.setOffline(false);
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
  await printed(page, "sheet");
  await button(page, "I have it on paper").click();
  await page.getByLabel(/^Group/).first().fill("ZZZZ");
  await button(page, "Done").click();
  await shown(page, /not the same as on the sheet/).waitFor();
  await look(page, "keep-check");
});

chapter("my place, taking my things, another listener, erasing, signing in", async () => {
  const { page } = heron;
  await page.reload();
  await heading(page, "Open your place again").waitFor();
  await look(page, "sign-in-again");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await button(page, "Open my place").click();
  await heading(page, "My place").waitFor();
  await look(page, "my-place");
  await button(page, "Change my listener").click();
  await shown(page, /Ana cannot read anything new/).waitFor();
  await look(page, "asking-instead");
  await button(page, "Back").click();
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
  await printed(page, "receipt");
  await page.goto(`${place.origin}/talk#back`);
  await heading(page, "Come back to my place").waitFor();
  await look(page, "sign-in");
});

chapter("a demonstration says that it is one", async () => {
  const people = path.join(place.dir, "demo-people.json");
  fs.writeFileSync(people, JSON.stringify({ people: [{ name: "Ana (demo)", role: "peer", handle: "quiet-heron-1234", password: "demo demo demo" }] }));
  const demo = await startPlace(["--demo-people", people]);
  try {
    const person = await browser.person(demo);
    await person.page.goto(`${demo.origin}/talk`);
    await heading(person.page, "Try it as somebody").waitFor();
    await look(person.page, "demo");
  } finally {
    await demo.end();
  }
});

/** Which looks show a screen of client/screens.ts, a home, or a part that draws. */
const SHOWN_IN = {
  home: ["asking-wish", "my-place", "today-quiet"],
  asking: ["asking-wish", "asking-name", "asking-words", "asking-instead"],
  waiting: ["waiting", "waiting-over"],
  room: ["room", "room-listener", "room-search", "room-offline"],
  after: ["after"],
  keep: ["keep-password", "keep-sheet", "keep-check"],
  keep_first: ["keep-password"],
  things: ["things"],
  erase: ["erase"],
  erased: ["erased"],
  sign_in: ["sign-in", "sign-in-again", "sign-in-staff"],
  join: ["join-first", "join-therapist", "join-client", "join-gone"],
  my_place: ["my-place"],
  today: ["today-quiet", "today-waiting", "today-passed", "today-not-certified"],
  administrator: ["administrator"],
  supervisor: ["supervisor"],
  "client/administrator.tsx": ["administrator"],
  "client/app.tsx": ["asking-wish"],
  "client/frame.tsx": ["asking-wish"],
  "client/inside.tsx": ["my-place"],
  "client/main.tsx": ["asking-wish"],
  "client/preferences-dialog.tsx": ["settings"],
  "client/things-of.tsx": ["things"],
  "features/accounts/screen/demo-people.tsx": ["demo"],
  "features/accounts/screen/erase.tsx": ["erase", "erased"],
  "features/accounts/screen/keep.tsx": ["keep-password", "keep-sheet", "keep-check"],
  "features/accounts/screen/recovery-sheet.tsx": ["keep-sheet"],
  "features/accounts/screen/sign-in.tsx": ["sign-in", "sign-in-again", "sign-in-staff"],
  "features/conversations/screen/after.tsx": ["after"],
  "features/conversations/screen/attach.tsx": ["room"],
  "features/conversations/screen/composer.tsx": ["room"],
  "features/conversations/screen/file-item.tsx": ["room", "room-listener"],
  "features/conversations/screen/hindrance.tsx": ["room-offline"],
  "features/conversations/screen/my-place.tsx": ["my-place"],
  "features/conversations/screen/room.tsx": ["room", "room-search"],
  "features/conversations/screen/take-things.tsx": ["things"],
  "features/conversations/screen/thread.tsx": ["room"],
  "features/invitations/screen/invite.tsx": ["administrator", "today-quiet"],
  "features/invitations/screen/join.tsx": ["join-first", "join-therapist", "join-client", "join-gone"],
  "features/place/screen/place-form.tsx": ["administrator"],
  "features/reflections/screen/hint.tsx": ["room-listener"],
  "features/requests/screen/asking.tsx": ["asking-wish", "asking-name", "asking-words"],
  "features/requests/screen/today.tsx": ["today-quiet", "today-waiting", "today-passed"],
  "features/requests/screen/waiting.tsx": ["waiting", "waiting-over"],
  "features/safety/screen/crisis-panel.tsx": ["crisis", "crisis-not-confirmed"],
  "features/staff/screen/audit.tsx": ["administrator"],
  "features/staff/screen/staff.tsx": ["administrator"],
};
/** Looked at where their own story is told, with the same eyes. */
const ELSEWHERE = {
  come_back: "meeting.test.mjs",
  mirror: "mirror.test.mjs",
  renew: "renew.test.mjs",
  "client/mirror-of.tsx": "mirror.test.mjs",
  "features/conversations/screen/interrupted.tsx": "restore.test.mjs",
  "features/conversations/screen/who.tsx": "meeting.test.mjs",
  "features/returns/screen/code-and-words.tsx": "meeting.test.mjs",
  "features/returns/screen/come-back.tsx": "meeting.test.mjs",
  "features/returns/screen/let-in-again.tsx": "meeting.test.mjs",
  "features/returns/screen/new-key-here.tsx": "second-listener.test.mjs",
  "features/returns/screen/not-me.tsx": "meeting.test.mjs",
  "features/reflections/screen/band.tsx": "mirror.test.mjs",
  "features/reflections/screen/coming.tsx": "mirror.test.mjs",
  "features/reflections/screen/mirror-word.tsx": "mirror.test.mjs",
  "features/reflections/screen/mirror.tsx": "mirror.test.mjs",
  "features/reflections/screen/moment.tsx": "mirror.test.mjs",
  "client/try.tsx": "try-it.test.mjs",
  "features/reflections/screen/try-it.tsx": "try-it.test.mjs",
};

function listedFromTheCode() {
  const screens = fs.readFileSync(path.join(ROOT, "client/screens.ts"), "utf8");
  const names = [...screens.matchAll(/readonly at: "(\w+)"/g), ...(/export type Home = ([^;]+);/.exec(screens)?.[1] ?? "").matchAll(/"(\w+)"/g)].map((m) => m[1]);
  const dirs = ["client", ...fs.readdirSync(path.join(ROOT, "features")).map((feature) => `features/${feature}/screen`)];
  const parts = dirs.filter((dir) => fs.existsSync(path.join(ROOT, dir))).flatMap((dir) => fs.readdirSync(path.join(ROOT, dir)).filter((file) => file.endsWith(".tsx")).map((file) => `${dir}/${file}`));
  return [...new Set([...names, ...parts])];
}

chapter("every screen and every part was looked at", () => {
  const listed = listedFromTheCode();
  assert.ok(listed.length > 30, `only ${listed.length} were found in the code`);
  for (const name of listed) {
    const story = ELSEWHERE[name];
    if (story === undefined) assert.ok(SHOWN_IN[name]?.some((one) => lookedAt().has(one)), `nobody looked at ${name}: give it a look here`);
    else assert.match(fs.readFileSync(path.join(ROOT, "journeys", story), "utf8"), /\blook\((\w+\.)?page, /, `${story} looks at nothing`);
  }
  for (const name of Object.values(SHOWN_IN).flat()) assert.ok(lookedAt().has(name), `no look is called ${name}`);
});

chapter("nothing was wrong with any of them, and nothing was asked of anybody else", () => {
  nothingWrong();
  for (const person of browser.people) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

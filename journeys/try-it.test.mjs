// SPDX-License-Identifier: AGPL-3.0-or-later
// The page to try the engine: from the front page, without an account; by keyboard; with the weights missing; with no network at all. It stores
// nothing and sends nothing.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { button, heading, shown } from "./people.mjs";
import { look, nothingWrong } from "./looks.mjs";

let place, browser, kim;
const asked = [];
scene((there) => ({ place, browser } = there));

const exchange = (page) => page.getByLabel("The exchange");
const lookAtIt = (page) => button(page, "Look at it").click();

chapter("from the front page, without an account; nothing large is fetched before it is wanted", async () => {
  kim = await browser.person(place, { serviceWorkers: "allow" });
  kim.context.on("request", (request) => asked.push({ url: request.url(), body: request.postData() ?? "" }));
  await kim.page.goto(place.origin);
  await kim.page.getByRole("link", { name: "Try out how listening reads" }).click();
  await heading(kim.page, "How does this listen?").waitFor();
  await shown(kim.page, /It does not notice when somebody is in danger/).waitFor();
  await look(kim.page, "try-empty");
  assert.deepEqual(asked.filter(({ url }) => /\.hkm|\.wasm|listening/.test(url)), []);
});

chapter("bad input is said kindly, with what was expected, and nothing is lost", async () => {
  const { page } = kim;
  await lookAtIt(page);
  await page.getByRole("alert").getByText(/nothing to look at yet/).waitFor();
  await exchange(page).fill("I am tired.\nReally?");
  await lookAtIt(page);
  await page.getByRole("alert").getByText(/Line 1 does not say who speaks\. Expected: a name, a colon/).waitFor();
  await exchange(page).fill("Robin: I am tired.\nRobin: So tired.");
  await lookAtIt(page);
  await page.getByRole("alert").getByText(/Only Robin speaks here/).waitFor();
  await exchange(page).fill("A: Ich bin so müde und weiß nicht weiter.\nB: Du bist müde und weißt nicht, wie es weitergeht.");
  await lookAtIt(page);
  await page.getByRole("alert").getByText(/knows only English/).waitFor();
  assert.match(await exchange(page).inputValue(), /Ich bin so müde/);
  await look(page, "try-refused");
});

chapter("the example: codes in words, moments quoted, the balance too short to say", async () => {
  const { page } = kim;
  await button(page, "Use an example").click();
  assert.equal(await page.getByLabel("Listener", { exact: true }).isChecked(), true);
  await lookAtIt(page);
  await heading(page, "What the program sees").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === "What the program sees");
  await shown(page, "Seen as: giving back").first().waitFor();
  await shown(page, "Seen as: question").first().waitFor();
  await heading(page, "A bright side over something hard").waitFor();
  await shown(page, /Too short to say/).waitFor();
  await page.getByRole("status").getByText("5 replies were looked at.").waitFor();
  await page.waitForFunction(() => document.querySelector("progress") === null);
  await look(page, "try-example");
});

chapter("the other one can be the one who listens", async () => {
  const { page } = kim;
  await page.getByLabel("Robin", { exact: true }).check();
  await lookAtIt(page);
  await page.locator(".try-turn-listener").first().getByText("Robin").waitFor();
});

chapter("by keyboard alone: from the words to the result", async () => {
  const { page } = kim;
  await button(page, "Clear it").click();
  await exchange(page).focus();
  await page.keyboard.type("Robin: I cannot sleep.");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Listener: You should go to bed earlier.");
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.textContent === "Look at it")) break;
  }
  await page.keyboard.press("Enter");
  await heading(page, "Advice before it was asked for").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "seen");
});

chapter("once it has been used the page works with no network at all, engine and weights too", async () => {
  const { page } = kim;
  await page.waitForFunction(() => document.documentElement.dataset.offline === "ready");
  await place.stop("SIGKILL");
  await page.reload();
  await heading(page, "How does this listen?").waitFor();
  await button(page, "Use an example").click();
  await lookAtIt(page);
  await heading(page, "A bright side over something hard").waitFor();
  await page.waitForFunction(() => document.querySelector("progress") === null);
  assert.equal(await shown(page, /Word lists answer instead/).count(), 0);
  await place.serve();
});

chapter("without the weights word lists answer and the page says so; without the engine it says that, and keeps the words", async () => {
  const sam = await browser.person(place);
  const { page } = sam;
  await page.route(/\.hkm$/, (route) => route.abort());
  await page.goto(`${place.origin}/try`);
  await button(page, "Use an example").click();
  await lookAtIt(page);
  await shown(page, /Word lists answer instead/).waitFor();
  await heading(page, "A bright side over something hard").waitFor();
  await look(page, "try-rules");
  await page.unroute(/\.hkm$/);
  await button(page, "Try again").click();
  await shown(page, /Word lists answer instead/).waitFor({ state: "detached" });

  const lee = await browser.person(place);
  await lee.page.route(/\.wasm$/, (route) => route.abort());
  await lee.page.goto(`${place.origin}/try`);
  await exchange(lee.page).fill("Robin: I cannot sleep.\nListener: The nights are long.");
  await lookAtIt(lee.page);
  await shown(lee.page, /could not be fetched\. What you wrote is still here/).waitFor();
  assert.match(await exchange(lee.page).inputValue(), /I cannot sleep/);
  await lee.page.unroute(/\.wasm$/);
  await button(lee.page, "Try again").click();
  await heading(lee.page, "What the program sees").waitFor();
});

chapter("nothing was sent, nothing is stored: no request held a word, and a reload brings an empty page", async () => {
  const { page } = kim;
  assert.deepEqual(asked.filter(({ url, body }) => body !== "" || /sleep|Robin|bed%20earlier/.test(url)), []);
  const stored = await page.evaluate(async () => {
    const databases = (await indexedDB.databases?.()) ?? [];
    return { local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage), databases: databases.map((d) => d.name), cookies: document.cookie };
  });
  assert.doesNotMatch(JSON.stringify(stored), /sleep|Robin|Listener/);
  assert.deepEqual(stored.databases, []);
  await page.reload();
  assert.equal(await exchange(page).inputValue(), "");
  assert.deepEqual(kim.seen, { errors: [], foreign: [] });
});

chapter("in German the page is German and says that the program is not", async () => {
  const { page } = await browser.person(place, { locale: "de-DE" });
  await page.goto(`${place.origin}/try`);
  await heading(page, "Wie wird hier zugehört?").waitFor();
  await button(page, "Ein Beispiel nehmen").click();
  await button(page, "Ansehen").click();
  await heading(page, "Was das Programm sieht").waitFor();
  await look(page, "try-de");
});

chapter("nothing was wrong with any of these screens", () => nothingWrong());

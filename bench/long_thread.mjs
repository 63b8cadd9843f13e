// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A listener in a thread of 2,000 messages, in Chromium at full speed and four times slower: writing, going back through the
// history, and the page loaded again. Two measures for each: what the person waits for by the clock, which is noisy on a
// busy machine, and the longest piece of work of the page's main thread in processor time, which is not.
import { chromium } from "playwright-core";
import { button, openTalkThatSays } from "../journeys/people.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SENTENCE = "It sounds like the nights are the hardest part, and you carry that alone. ";

const OF_THE_LONG_TALK = "I do not know how to say this.";

/** Milliseconds of the longest task of the page's main thread while `work` runs. */
async function longestTask(browser, page, work) {
  await browser.startTracing(page, { categories: ["toplevel"] });
  const begun = await page.evaluate(() => performance.now());
  await work(begun);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const busy = new Map();
  for (const { ph, name, pid, tid, tdur } of traceEvents) {
    if (ph !== "X" || name !== "ThreadControllerImpl::RunTask" || tdur === undefined) continue;
    const thread = busy.get(`${pid} ${tid}`) ?? { all: 0, longest: 0 };
    busy.set(`${pid} ${tid}`, { all: thread.all + tdur, longest: Math.max(thread.longest, tdur) });
  }
  const mains = traceEvents.filter((one) => one.name === "thread_name" && one.args?.name === "CrRendererMain");
  const threads = mains.map((one) => busy.get(`${one.pid} ${one.tid}`)).filter((one) => one !== undefined);
  return Math.max(...threads.map((one) => one.longest)) / 1000;
}

/** Milliseconds from each key to the frame that shows it, by the clock. */
function watchKeys(page) {
  return page.evaluate(() => {
    window.benchKeys = [];
    const shown = new MessageChannel();
    const began = [];
    shown.port1.onmessage = () => window.benchKeys.push(performance.now() - began.shift());
    addEventListener("keydown", () => {
      began.push(performance.now());
      requestAnimationFrame(() => shown.port2.postMessage(0));
    }, { capture: true });
  });
}

async function typing(browser, page) {
  await page.locator("#composer").fill("");
  await page.locator("#composer").focus();
  await page.keyboard.type("So "); // what runs for the first time is compiled first
  await page.evaluate(() => (window.benchKeys.length = 0));
  const task = await longestTask(browser, page, () => page.keyboard.type(SENTENCE, { delay: 40 }));
  const keys = await page.evaluate(() => window.benchKeys);
  return { task, key: Math.max(...keys) };
}

async function scrolling(browser, page) {
  await page.mouse.move(180, 300);
  let frames = [];
  const task = await longestTask(browser, page, async () => {
    await page.evaluate(() => {
      window.benchFrames = [];
      let before = performance.now();
      const next = () => {
        const now = performance.now();
        window.benchFrames.push(now - before);
        before = now;
        window.benchScrolling = requestAnimationFrame(next);
      };
      next();
    });
    for (let step = 0; step < 60; step++) await page.mouse.wheel(0, -900);
    await page.waitForTimeout(500);
    frames = await page.evaluate(() => (cancelAnimationFrame(window.benchScrolling), window.benchFrames));
  });
  await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight }));
  return { task, late: frames.filter((ms) => ms > 50).length, frames: frames.length };
}

/** From pressing on the talk to its newest words, and what was fetched of its log. */
async function opening(page, newest) {
  let bytes = 0;
  const count = async (answer) => {
    if (/\/log\?/.test(answer.url())) bytes += (await answer.body().catch(() => Buffer.alloc(0))).length;
  };
  page.on("response", count);
  const pressed = await openTalkThatSays(page, OF_THE_LONG_TALK);
  await page.locator(".said-text", { hasText: newest }).last().waitFor();
  const ms = performance.now() - pressed;
  await page.waitForTimeout(4000); // the account remembers, the device keeps
  page.off("response", count);
  return { ms, bytes };
}

/** listener: {handle, password, secret_key} of a demo person whose longest conversation ends with `newest`. */
export async function longThread(origin, listener, newest) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "en-GB", serviceWorkers: "block" });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const signIn = async () => {
      await page.getByLabel("Password", { exact: true }).fill(listener.password);
      await page.getByLabel("Secret key").fill(listener.secret_key);
      await button(page, "Open my place").click();
    };
    await page.goto(`${origin}/talk#listening`);
    await page.getByLabel("Sign-in name").fill(listener.handle);
    await signIn();
    const first = await opening(page, newest);
    await page.reload();
    await signIn();
    const again = await opening(page, newest);
    await watchKeys(page);
    const slow = await context.newCDPSession(page);
    const figures = { first, again };
    for (const rate of [1, 4]) {
      await slow.send("Emulation.setCPUThrottlingRate", { rate });
      figures[rate] = { typing: await typing(browser, page), scrolling: await scrolling(browser, page) };
    }
    return figures;
  } finally {
    await browser.close();
  }
}

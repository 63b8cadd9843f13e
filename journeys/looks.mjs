// SPDX-License-Identifier: AGPL-3.0-or-later
// Looking at a screen: axe-core in both themes, nothing cut off at twice the size of text, on a desk, in German and from right to left; what
// a screen reader is told makes sense; help is one press away. With HEARKEN_SHOTS, a picture of each to judge by eye.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ONLY_FAULTS = { resultTypes: ["violations"], preload: false };
const RULES = { ...ONLY_FAULTS, runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } };
/** The other theme has other colours and nothing else. */
const COLOURS = { ...ONLY_FAULTS, runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
const DESK = { width: 1280, height: 800 };
/** So long a press may take on a busy machine before it counts as impossible. */
const TAP_MS = 5000;

async function picture(page, name) {
  const dir = process.env.HEARKEN_SHOTS;
  if (dir !== undefined) await page.screenshot({ path: path.join(dir, `${name}.png`), fullPage: true });
}

async function violations(page, rules) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(`${axe};0`);
  const found = await page.evaluate(async (rules) => (await globalThis.axe.run(document, rules)).violations, rules);
  return found.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
}

/** What makes the page wider than the screen, in words; null: it fits. */
export async function widerThanTheScreen(page) {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 1) return null;
    // The smallest part without which the page would fit.
    const fitsWithout = (e) => {
      const { display } = e.style;
      e.style.display = "none";
      const fits = document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1;
      e.style.display = display;
      return fits;
    };
    const culprit = [...document.querySelectorAll("body *")].filter(fitsWithout).at(-1);
    return `${wide}px too wide: ${culprit?.tagName} ${culprit?.className} ${culprit?.textContent?.slice(0, 40)}`;
  });
}

/** What somebody who hears the page, or is in need, must find on every screen. */
async function missing(page) {
  return page.evaluate(() => {
    const faults = [];
    const seen = (e) => e !== null && e.getClientRects().length > 0;
    const dialog = document.querySelector("dialog[open]");
    const headings = [...(dialog ?? document).querySelectorAll("h1, h2, h3, h4")].filter(seen);
    const first = headings.filter((h) => h.tagName === "H1");
    if (dialog === null && first.length !== 1) faults.push(`${first.length} headings of the first level`);
    let before = dialog === null ? 0 : 1;
    for (const heading of headings) {
      const level = Number(heading.tagName[1]);
      if (level > before + 1) faults.push(`heading "${heading.textContent}" skips a level`);
      if (heading.textContent.trim() === "") faults.push("an empty heading");
      before = level;
    }
    const words = document.body.innerText;
    for (const [sign] of words.matchAll(/\{\{|\[object|(?<![\w-])(undefined|NaN)(?![\w-])/g)) faults.push(`"${sign}" is on the page`);
    if (dialog !== null && !seen(dialog.querySelector(".dialog-doors .button-danger"))) faults.push("leave is covered by the dialog");
    if (dialog === null) {
      if (![...document.querySelectorAll(".who-hears")].some(seen)) faults.push("nothing says who can hear this");
      const help = document.querySelector(".frame-doors .button-help");
      const leave = document.querySelector(".frame-doors .button-danger");
      for (const [what, door] of [["help", help], ["leave", leave]]) if (!seen(door)) faults.push(`${what} is not there`);
    }
    for (const control of document.querySelectorAll("button, a[href], select, input:not([type=hidden]), textarea")) {
      if (!seen(control) || control.closest(".only-heard, .skip") !== null || control.classList.contains("only-heard") || control.classList.contains("skip")) continue;
      const target = control.closest("label") ?? control;
      const { width, height } = target.getBoundingClientRect();
      // A link in a sentence has the height of its line; everything else is made for a thumb.
      if (control.tagName === "A" && !control.classList.contains("button")) continue;
      if (width < 44 || height < 44) faults.push(`too small to touch: ${control.tagName} ${control.textContent.slice(0, 20)} ${Math.round(width)}x${Math.round(height)}`);
    }
    return faults;
  });
}

/**
 * Help is at most two taps away whatever stands open: its button, which must be free to press, then the number. Nothing is pressed: a talk
 * that goes on is left in peace once help was opened.
 */
async function noWayToHelp(page) {
  const over = page.locator("dialog[open]").last();
  const stands = (await over.count()) > 0 ? over : page;
  if ((await stands.locator("a.crisis-call").count()) > 0) return []; // the numbers themselves
  const top = await page.evaluate(() => scrollY);
  try {
    await stands.locator(".button-help").first().click({ trial: true, timeout: TAP_MS });
    return [];
  } catch {
    return ["help is more than two taps away"];
  } finally {
    await page.evaluate((top) => scrollTo({ top, behavior: "instant" }), top);
  }
}

/** What comes out of a printer: one page, and a PDF to look at. */
export async function printed(page, name) {
  await page.emulateMedia({ media: "print" });
  const wide = await widerThanTheScreen(page);
  const paper = await page.pdf({ format: "A4", margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
  await page.emulateMedia({ media: null });
  const dir = process.env.HEARKEN_SHOTS;
  if (dir !== undefined) fs.writeFileSync(path.join(dir, `${name}.pdf`), paper);
  const pages = paper.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  if (pages !== 1) faults.push(`${name} takes ${pages} pages of paper`);
  if (wide !== null) faults.push(`${name} on paper: ${wide}`);
}

const faults = [];
const looked = new Set();

/** What was found wrong with any screen so far. */
export function nothingWrong() {
  assert.deepEqual(faults, []);
}

/** Names of everything that was looked at. */
export function lookedAt() {
  return looked;
}

async function fits(page, name, how) {
  const wide = await widerThanTheScreen(page);
  await picture(page, `${name}-${how}`);
  if (wide !== null) faults.push(`${name}, ${how}: ${wide}`);
}

/** Letters of a script that runs from right to left in place of ours: names, blanks and widths stay as they are. Returns how to undo it. */
async function turned(page, on) {
  await page.evaluate((turn) => {
    const HEBREW = "אבגדהוזחטיכלמנסעפצקרשת";
    const of = (text) => text.replace(/[a-z]/gi, (letter) => HEBREW[letter.toLowerCase().charCodeAt(0) % HEBREW.length]);
    document.documentElement.dir = turn ? "rtl" : "ltr";
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    globalThis.turnedWords ??= new Map();
    if (!turn) {
      for (const [node, words] of globalThis.turnedWords) node.data = words;
      globalThis.turnedWords.clear();
      return;
    }
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      if (node.parentElement.closest("script, style") !== null) continue;
      globalThis.turnedWords.set(node, node.data);
      node.data = of(node.data);
    }
  }, on);
}

/** The page itself speaks the language, as after a choice in Settings; nothing on it may be lost by that. */
async function inLanguage(page, language) {
  await page.evaluate(async (language) => {
    const there = async (what) => {
      for (let tries = 0; tries < 6000; tries++) {
        const found = what();
        if (found) return found;
        await new Promise((again) => setTimeout(again, 10));
      }
      throw new Error(`${language} was not chosen: ${what}`);
    };
    (await there(() => document.querySelector(".frame-doors > button"))).click();
    const choice = await there(() => document.querySelector(`dialog input[value="${language}"]`));
    document.documentElement.lang = ""; // it is set when the words are there
    choice.click();
    await there(() => document.documentElement.lang === language.slice(0, 2));
    document.querySelector("dialog .dialog-head > .button").click();
    await there(() => document.querySelector("dialog") === null);
  }, language);
}

async function set(page, how) {
  await page.evaluate((how) => void Object.assign(document.documentElement.dataset, how), how);
}

/**
 * Looks at the screen that stands now and leaves the page as it was. `languages`: also in German, du and Sie, through Settings, which what
 * stands over a screen does not reach. Help within two taps, always. `doors`: help, leaving, who can hear this, headings in order,
 * everything large enough for a thumb.
 */
export async function look(page, name, { languages = false, doors = false } = {}) {
  looked.add(name);
  for (const theme of ["dark", "light"]) {
    await set(page, { theme, motion: "none" }); // no colour is on its way to another one
    await picture(page, `${name}-${theme}`);
    for (const fault of await violations(page, theme === "light" ? RULES : COLOURS)) faults.push(`${name}, ${theme}: ${fault}`);
  }
  for (const fault of [...(doors ? await missing(page) : []), ...(await noWayToHelp(page))]) faults.push(`${name}: ${fault}`);
  const phone = page.viewportSize();
  await page.setViewportSize(DESK);
  await fits(page, name, "desk");
  await page.setViewportSize(phone);
  await turned(page, true);
  await fits(page, name, "rtl");
  await turned(page, false);
  await set(page, { text: "200" });
  await fits(page, name, "200");
  for (const language of languages ? ["de", "de-formal"] : []) {
    await inLanguage(page, language);
    // Choosing a language draws the page as its settings say: the size is set again.
    await set(page, { text: "200" });
    await fits(page, name, language);
    await set(page, { text: "100" });
  }
  if (languages) await inLanguage(page, "en");
  await set(page, { text: "100", theme: "device", motion: "device" });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Looking at a screen: axe-core in both themes, nothing cut off at twice the size of text, a picture to judge by eye.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } };

async function picture(page, name) {
  const dir = process.env.HEARKEN_SHOTS;
  if (dir !== undefined) await page.screenshot({ path: path.join(dir, `${name}.png`), fullPage: true });
}

async function violations(page) {
  await page.evaluate(`${axe};0`);
  const found = await page.evaluate(async (rules) => (await globalThis.axe.run(document, rules)).violations, RULES);
  return found.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
}

async function widerThanTheScreen(page) {
  return page.evaluate(() => {
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

const faults = [];

/** What was found wrong with any screen so far. */
export function nothingWrong() {
  assert.deepEqual(faults, []);
}

/** Looks at the screen that stands now: in both themes, at 200 % text, and turned from right to left. Leaves the page as it was. */
export async function look(page, name) {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate((t) => (document.documentElement.dataset.theme = t), theme);
    await page.waitForTimeout(250);
    await picture(page, `${name}-${theme}`);
    for (const fault of await violations(page)) faults.push(`${name}, ${theme}: ${fault}`);
  }
  await page.evaluate(() => (document.documentElement.dataset.text = "200"));
  await page.waitForTimeout(100);
  const wide = await widerThanTheScreen(page);
  await picture(page, `${name}-200`);
  if (wide !== null) faults.push(`${name} at 200 %: ${wide}`);
  await page.evaluate(() => {
    document.documentElement.dataset.text = "100";
    document.documentElement.dir = "rtl";
  });
  await page.waitForTimeout(100);
  const turned = await widerThanTheScreen(page);
  await picture(page, `${name}-rtl`);
  if (turned !== null) faults.push(`${name} from right to left: ${turned}`);
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
    document.documentElement.dataset.theme = "device";
  });
  await page.emulateMedia({ colorScheme: "light" });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// The whole first talk by keyboard alone, in German, and what somebody who hears the page is told.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { anaOnDuty, button, heading, say, shown } from "./people.mjs";

let place, browser, ana, heron;
scene((there) => ({ place, browser } = there));

/** Presses Tab until something with this name has the focus, as somebody without a mouse does. */
async function tabTo(page, name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const e = document.activeElement;
      // Nothing has the focus: the whole page's words are not a name.
      if (e === null || e === document.body) return "";
      return [e?.getAttribute("aria-label"), e?.textContent, ...[...(e?.labels ?? [])].map((l) => l.textContent)].join(" | ");
    });
    if (focused.includes(name)) return;
  }
  throw new Error(`nothing called "${name}" can be reached by Tab`);
}

/** What the voice said last. */
const spoken = (page) => page.locator("#announcer").textContent();

chapter("a listener is there", async () => {
  ana = await anaOnDuty(await browser.person(place));
});

chapter("from the front page to the first words without a mouse", async () => {
  heron = await browser.person(place, { locale: "de-DE" });
  const { page } = heron;
  await page.goto(`${place.origin}/de`);
  await tabTo(page, "Mit jemandem sprechen");
  await page.keyboard.press("Enter");
  await heading(page, "Was wünschst du dir beim Zuhören?").waitFor();
  await tabTo(page, "Das weiß ich noch nicht");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await tabTo(page, "Weiter");
  await page.keyboard.press("Enter");
  await heading(page, "Ein Name für hier").waitFor();
  // A new step begins at its heading.
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await tabTo(page, "Welcher Name");
  await page.keyboard.type("Stiller Reiher");
  await page.keyboard.press("Enter");
  await heading(page, "Die ersten Worte").waitFor();
  await tabTo(page, "Was beschäftigt dich?");
  await page.keyboard.type("Ich kann nicht schlafen.");
  await tabTo(page, "Um Zuhören bitten");
  await page.keyboard.press("Enter");
  await heading(page, "Deine Worte warten mit dir").waitFor();
  await page.waitForFunction(() => document.querySelector("#announcer")?.textContent === "Niemand ist vorher dran.");
});

chapter("the wish arrived, and the door opening is spoken", async () => {
  await shown(ana.page, "Their wish: just listen.").waitFor();
  await button(ana.page, "Open the door").click();
  await heading(heron.page, "Ana").waitFor();
});

chapter("writing and sending by keyboard; arrivals are spoken and do not move the focus", async () => {
  const { page } = heron;
  await tabTo(page, "Hier schreiben");
  await page.keyboard.type("Hallo");
  await page.keyboard.press("Enter");
  await page.keyboard.type("und guten Abend");
  await page.keyboard.press("Control+Enter");
  await shown(ana.page, /Hallo\s+und guten Abend/).waitFor();
  await say(ana.page, "Good evening. I am here.");
  await page.waitForFunction(() => document.querySelector("#announcer")?.textContent === "Ana: Good evening. I am here.");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "composer");
  assert.equal(await spoken(page), "Ana: Good evening. I am here.");
});

chapter("help opens and closes by keyboard and gives the focus back; one Escape does not leave", async () => {
  const { page } = heron;
  await page.keyboard.press("Shift+Tab");
  await page.evaluate(() => document.querySelector(".button-help")?.focus());
  await page.keyboard.press("Enter");
  await heading(page, "Hilfe, jetzt gleich").waitFor();
  await page.keyboard.press("Escape");
  await heading(page, "Hilfe, jetzt gleich").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("button-help"));
});

chapter("the tree that a screen reader gets makes sense", async () => {
  const tree = await heron.page.locator("main").ariaSnapshot();
  for (const part of ['heading "Ana" [level=1]', 'heading "Heute" [level=2]', "list", 'textbox "Hier schreiben"', 'button "Senden"']) {
    assert.ok(tree.includes(part), `${part} is not in\n${tree}`);
  }
});

chapter("ending, saying how it was, and keeping the place without a mouse", async () => {
  const { page } = heron;
  await tabTo(page, "Für heute beenden");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1" && document.activeElement.textContent === "Nach dem Gespräch");
  await tabTo(page, "Eher nicht");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "Antwort behalten");
  await page.keyboard.press("Enter");
  await page.getByText("Danke. Die Antwort ist versiegelt, nur du kannst sie öffnen.").waitFor();
  await tabTo(page, "Diesen Ort behalten");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await tabTo(page, "Passwort");
  await page.keyboard.type("ein langsamer Fluss");
  await tabTo(page, "Dasselbe Passwort noch einmal");
  await page.keyboard.type("ein langsamer Fluss");
  await page.keyboard.press("Enter");
  await heading(page, "Der Rettungsbogen").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  const groups = (await page.locator(".recovery-groups li").allTextContents()).map((text) => text.replace(/^\d+\s+/, "").trim());
  await tabTo(page, "Ich habe ihn auf Papier");
  await page.keyboard.press("Enter");
  await heading(page, "Kurz den Bogen prüfen").waitFor();
  for (const label of await page.getByText(/^Gruppe \d+$/).allTextContents()) {
    await tabTo(page, label);
    await page.keyboard.type(groups[Number(label.slice(7)) - 1]);
  }
  await page.keyboard.press("Enter");
  await heading(page, "Mein Ort").waitFor();
  assert.deepEqual(heron.seen, { errors: [], foreign: [] });
});

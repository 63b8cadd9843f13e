// SPDX-License-Identifier: AGPL-3.0-or-later
// The mirror after a talk in writing: two people in two browsers, both asked, one of them changing their mind. It is drawn for the listener
// alone, keeps nothing by itself, and no word of it leaves the device.
import assert from "node:assert/strict";
import { chapter, scene } from "./place.mjs";
import { button, heading, inARoom, said, say, shown, signInAgain, takeThings } from "./people.mjs";
import { look, nothingWrong } from "./looks.mjs";

/** What Quiet Heron says, and what Ana answers: an ordinary talk with things done well and not so well. */
const TALK = [
  ["I lie awake until four. Then it gets light and I am so ashamed that I have not slept again.", "You lie there until it gets light, and on top of being tired there is this shame."],
  ["Yes. My mother says I only have to pull myself together.", "And when she says that, it sounds as if you were not trying at all."],
  ["Exactly. I am trying so hard.", "You are trying so hard, and nobody sees it."],
  ["Nobody. At work I smile all day.", "What is it like to smile all day when you feel like that?"],
  [
    "It is like wearing a mask that gets heavier. By three I can hardly breathe, I go and sit on the toilet and count to a hundred, then I go back and smile again, and nobody notices a thing.",
    "So you hold that mask up until three, and then you hide for a moment just to be able to breathe.",
  ],
  ["I have never told anyone about that.", "Thank you for telling me. It makes sense that it feels heavy."],
  ["My boss shouted at me yesterday. I am scared I will lose the job.", "At least you have a job."],
  ["I suppose.", "You should go to bed at ten, stop the coffee, and put your phone in another room."],
  ["I have tried that.", "Have you seen a doctor?"],
  ["No.", "Do you take anything for it?"],
  ["No.", "Do you live alone?"],
  ["Yes.", "I am sorry, that was many questions. You were telling me how scared you are about the job."],
  ["Yes. If I lose it I cannot pay the rent.", "So it is not just the shouting, it is the roof over your head."],
  ["Yes, and then I would have to go back to my mother.", "And going back there would feel like giving up."],
  ["Like being twelve again.", "Small, and told to pull yourself together."],
  ["That is it.", "What would you need most right now?"],
  ["Somebody who does not tell me what to do, I think. Somebody who stays for a while, and does not get tired of it, and does not look at the clock.", "Somebody who stays, without fixing it."],
  ["Yes.", "I am here."],
  ["It is good to say it.", "It sounds as if saying it takes a little of the weight off."],
  ["A little.", "A little is something, after a night like that."],
  ["I cried this morning, on the bus.", "You could not hold it back any more, even there."],
  ["An old man gave me a tissue.", "And that kindness got through to you."],
  ["It did. I do not know why.", "Maybe because he asked nothing of you."],
  ["Maybe.", "How are you now, as we write this?"],
  ["Tired, but calmer. Less alone with it.", "Calmer, and not so alone with it."],
];

const LONGER_THAN_IT_WAITS_MS = 3500; // RECEIPT_AFTER_MS and STATE_AFTER_MS of features/conversations/screen/talk.ts

let place, browser, ana, heron;
const asked = [];
scene((there) => ({ place, browser } = there));

/** From the list of talks: the door stands above words that are still coming, and moves until they are there. */
async function toTheMirror() {
  await button(ana.page, /Quiet Heron/).click();
  await said(ana.page, TALK.at(-1)[1]).last().waitFor();
  await button(ana.page, "Look back").click();
}

/** How often Ana's device has asked by the time it has not asked for longer than the page ever waits before it keeps or tells something. */
async function askedSoFar() {
  for (let before = -1; before !== asked.length; ) {
    before = asked.length;
    await ana.page.waitForTimeout(LONGER_THAN_IT_WAITS_MS);
  }
  return asked.length;
}

chapter("a listener and a person talk for a while", async () => {
  ({ ana, heron } = await inARoom(browser, place));
  ana.context.on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
  ana.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => asked.push(String(payload))));
  for (const [spoken, answered] of TALK) {
    await say(heron.page, spoken);
    await shown(ana.page, spoken).last().waitFor();
    await say(ana.page, answered);
    await shown(heron.page, answered).last().waitFor();
  }
});

chapter("nothing was said about a mirror to the one who is heard, as long as the listener has not asked", async () => {
  assert.equal(await shown(heron.page, /look back/).count(), 0);
});

chapter("at the end the listener is asked first; not now means: nothing happens", async () => {
  await button(ana.page, "End for now").click();
  await heading(ana.page, "Look back").waitFor();
  await look(ana.page, "mirror-new");
  await button(ana.page, "Not now").click();
  await heading(ana.page, "My talks").waitFor();
  assert.equal(await shown(heron.page, /look back/).count(), 0);
  await button(ana.page, /Quiet Heron/).click();
  await button(ana.page, "End for now").click();
  await heading(ana.page, "My talks").waitFor();
});

chapter("the listener says yes and the person is asked, in plain words; until then there is no mirror", async () => {
  await toTheMirror();
  await button(ana.page, "Yes, and ask Quiet Heron").click();
  await shown(ana.page, /has been asked and has not answered yet/).waitFor();
  await shown(heron.page, "Ana would like to ask you something, when you have a moment.").waitFor();
  assert.equal(await heron.page.getByText("May Ana look back").isVisible(), false);
  await button(heron.page, "Read it").click();
  await heading(heron.page, "May Ana look back at how they listened?").waitFor();
  await shown(heron.page, /runs on Ana's device only\. Nothing is sent anywhere/).waitFor();
  await look(heron.page, "mirror-asked");
  assert.equal(await ana.page.locator("blockquote").count(), 0);
});

chapter("no means no: the listener reads it, and no mirror comes", async () => {
  await button(heron.page, "No, rather not").click();
  await shown(heron.page, "Ana does not look back at your talks.").waitFor();
  await shown(ana.page, /would rather not\. That is fine/).waitFor();
  assert.equal(await ana.page.locator("blockquote").count(), 0);
  await look(ana.page, "mirror-off");
});

chapter("the person changes their mind: the mirror quotes up to three moments, a strength first, and one thing to try", async () => {
  await button(heron.page, "Allow it").click();
  await shown(heron.page, "Ana may look back at how they listened.").waitFor();
  await heading(ana.page, "One thing to try").waitFor();
  const quotes = await ana.page.locator("blockquote").allTextContents();
  assert.ok(quotes.length >= 1 && quotes.length <= 3, quotes.join(" | "));
  for (const quote of quotes) assert.ok(TALK.some(([, answered]) => quote.trim() === answered), quote);
  const first = await ana.page.locator(".moment h3").first().textContent();
  assert.match(first ?? "", /You gave back|You asked|You made room/);
  await heading(ana.page, "A bright side over something hard").waitFor();
  await shown(ana.page, /stay with the hard part for a moment/).waitFor();
});

chapter("the balance is a band with a sentence and a table, never a grade, a share or an order", async () => {
  await ana.page.getByRole("img", { name: /From bringing in/ }).waitFor();
  await shown(ana.page, /no earlier talk of you two/).waitFor();
  await look(ana.page, "mirror", { languages: true });
  await button(ana.page, "As a table").click();
  await ana.page.getByRole("rowheader", { name: "This talk" }).waitFor();
  await shown(ana.page, /There is no right value/).waitFor();
  await look(ana.page, "mirror-table", { languages: true });
  const words = await ana.page.locator("#content").innerText();
  assert.doesNotMatch(words, /%|score|grade \d|rank|out of/i);
  await ana.page.getByText("What this means, and how sure it is").click();
  await shown(ana.page, /when ten trained people coded the same talks/).waitFor();
});

chapter("a correction is one tap, said aloud, and goes nowhere", async () => {
  const before = await askedSoFar();
  const moment = ana.page.locator(".moment").first();
  await moment.getByRole("button").first().click();
  await moment.getByText(/You know better than the program/).waitFor();
  await ana.page.getByRole("status").getByText(/Corrected on this page only/).waitFor();
  assert.equal(await moment.getByRole("button").first().getAttribute("aria-pressed"), "true");
  assert.deepEqual(asked.slice(before, await askedSoFar()), []);
});

chapter("done keeps nothing: after a reload there is only what the words themselves say", async () => {
  await button(ana.page, "Done, keep nothing").click();
  await heading(ana.page, "My talks").waitFor();
  await signInAgain(ana);
  await toTheMirror();
  await heading(ana.page, "One thing to try").waitFor();
  assert.equal(await shown(ana.page, /You know better than the program/).count(), 0);
  assert.equal(await heading(ana.page, "What you kept").count(), 0);
});

chapter("kept is sealed: it is there after a reload, correction and all, and can be let go", async () => {
  await ana.page.locator(".moment").first().getByRole("button").first().click();
  await button(ana.page, "Keep it sealed, for me only").click();
  await shown(ana.page, "Kept. Only you can open it.").waitFor();
  await signInAgain(ana);
  await toTheMirror();
  await heading(ana.page, "What you kept").waitFor();
  await ana.page.locator("details", { hasText: "Let this one go" }).locator("summary").click();
  await shown(ana.page, /You know better than the program/).waitFor();
  await look(ana.page, "mirror-kept");
  const [kept] = await ana.page.locator("details", { hasText: "Let this one go" }).locator("blockquote").allTextContents();
  await button(ana.page, "Done, keep nothing").click();
  await heading(ana.page, "My talks").waitFor();
  await button(ana.page, "Take my things").click();
  const { json, page } = await takeThings(ana.page);
  const [mine, ...others] = json.conversations;
  assert.deepEqual(others, [], "what was said to a listener is not theirs to carry away");
  assert.equal(mine.kept_mirrors.length, 1);
  assert.equal(mine.kept_mirrors[0].moments[0].words, kept.trim());
  assert.notEqual(mine.kept_mirrors[0].heard[0], null, "the correction goes along");
  assert.match(page, /Kept look back at the talk with Quiet Heron/);
  assert.ok(page.includes(kept.trim()), page);
  await button(ana.page, "Back").click();
  await toTheMirror();
  await heading(ana.page, "What you kept").waitFor();
  await ana.page.locator("details", { hasText: "Let this one go" }).locator("summary").click();
  await button(ana.page, "Let this one go").click();
  await heading(ana.page, "What you kept").waitFor({ state: "detached" });
});

chapter("the person switches it off while the mirror stands: it goes from the page at once, with the reason", async () => {
  await button(heron.page, "Stop this").click();
  await shown(ana.page, /would rather not\. That is fine/).waitFor();
  assert.equal(await ana.page.locator("blockquote").count(), 0);
  assert.equal(await ana.page.getByRole("img", { name: /From bringing in/ }).count(), 0);
});

chapter("the listener can switch it off too, and then the person is not bothered with it at all", async () => {
  await button(ana.page, "Switch it off for this person").click();
  await shown(ana.page, /Looking back is off for your talks/).waitFor();
  await shown(heron.page, "Ana does not look back at your talks.").waitFor({ state: "detached" });
  await button(ana.page, "Done").click();
  await heading(ana.page, "My talks").waitFor();
});

chapter("no readable word of the mirror went anywhere", () => {
  assert.ok(asked.length > 0);
  for (const words of ["pull myself together", "At least you have", "One thing to try", "at_least", "consent", "reflection"]) {
    assert.deepEqual(asked.filter((one) => one.includes(words) && !one.includes("/a/")), [], words);
  }
  for (const person of [ana, heron]) assert.deepEqual(person.seen, { errors: [], foreign: [] });
});

chapter("nothing was wrong with any of these screens", () => nothingWrong());

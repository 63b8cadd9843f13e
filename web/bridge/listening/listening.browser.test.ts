// SPDX-License-Identifier: AGPL-3.0-or-later
// The listening engine in real Chromium, as a page uses it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, openStage, type Stage } from "../testing/browser.ts";
import type { TestPage } from "../testing/page.ts";
import type { Turn } from "./types.ts";

declare const hearken: TestPage;

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const TALK: Turn[] = [
  { who: "speaker", text: "I just lie there till four. My sister says it's nothing." },
  { who: "listener", text: "The nights have got very long, and nobody seems to see it." },
  { who: "speaker", text: "Yes. I'm so tired — and ashamed, I think." },
];

test("a worker answers hints and figures, loads only our own parts, and after that nothing at all", async () => {
  const it = await openPage(stage, "vault");
  const first = await it.page.evaluate(async (turns) => {
    const listening = hearken.startListening();
    Object.assign(globalThis, { listening });
    return { figures: await listening.figures(turns), quiet: await listening.hint(turns, "That sounds so heavy.") };
  }, TALK);
  assert.equal(first.figures.turns.length, TALK.length);
  assert.equal(first.quiet, null);
  const loaded = it.requests.length;
  for (const url of it.requests) assert.ok(url.startsWith(stage.served.origin), url);
  await it.page.evaluate(async (turns) => {
    const { listening } = globalThis as unknown as { listening: ReturnType<typeof hearken.startListening> };
    for (let i = 0; i < 20; i++) await listening.hint(turns, `You should just sleep more, ${i}.`);
  }, TALK);
  assert.equal(it.requests.length, loaded, "twenty drafts later nobody was asked for anything");
  assert.deepEqual(it.complaints, []);
});

test("a question that was given up fails as such, and rest ends the worker until the next question", async () => {
  const it = await openPage(stage, "vault");
  const ran = await it.page.evaluate(async (turns) => {
    const listening = hearken.startListening();
    await listening.figures(turns);
    const stop = new AbortController();
    const given_up = listening.figures(turns, stop.signal).then(() => "answered", (error: Error) => error.message);
    stop.abort();
    const answer = await given_up;
    listening.rest();
    const again = await listening.figures(turns);
    return { answer, turns: again.turns.length };
  }, TALK);
  assert.equal(ran.answer, "aborted");
  assert.equal(ran.turns, TALK.length);
});

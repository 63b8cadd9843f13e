// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figures, ListenerCode } from "../../../web/bridge/listening/types.ts";
import { beside, earlierOf, leans, mirrorOf, shortened, sittingsOf, type SaidAt, type Sitting } from "./mirror.ts";
import { allKept, consentOf, consentWords, keptOf, keptWords } from "./mirror-sealed.ts";

const HOUR = 60 * 60_000;
const say = (mine: boolean, text: string, atMs: number): SaidAt => ({ kind: "words", mine, text, atMs });

const code = (change: Partial<ListenerCode> = {}): ListenerCode => ({
  who: "listener", main: "reflection", reflection: 0.9, question: 0, open: 0, input: 0, advice: 0, unasked: 0, validation: 0,
  emotional_reaction: 0, interpretation: 0, exploration: 0, grounding: 0, unsure: false, ...change,
});

/** Six turns, speaker first; the moments are what the test is about. */
function found(moments: readonly [number, string][], codes: Partial<ListenerCode> = {}, tooShort = false): { sitting: Sitting; figures: Figures } {
  const turns = Array.from({ length: 10 }, (_, i) => ({ who: i % 2 === 0 ? ("speaker" as const) : ("listener" as const), text: `words ${i}` }));
  return {
    sitting: { atMs: 5, turns },
    figures: {
      turns: turns.map(({ who }) => (who === "speaker" ? { who } : code(codes))),
      session: {
        listener_turns: 5, too_short: tooShort, listening_balance: 0.2, listening_balance_low: 0.1, listening_balance_high: 0.3, talk_share: null,
        moments: moments.map(([turn, kind]) => ({ turn, kind, why: "" })),
      },
    },
  };
}
const shown = (moments: readonly [number, string][]): string[] => {
  const { sitting, figures } = found(moments);
  return mirrorOf(sitting, figures).moments.map((m) => m.kind);
};

test("a long pause ends a talk; messages of one person are one turn; lines and files are none", () => {
  const sittings = sittingsOf([
    say(false, "a", 0), say(false, "b", 1000), { kind: "line", atMs: 1500 }, say(true, "c", 2000),
    say(false, "d", 2000 + 5 * HOUR), say(true, "e", 2000 + 6 * HOUR),
  ]);
  assert.deepEqual(sittings.map((s) => s.turns.map((t) => t.text)), [["a\nb", "c"], ["d", "e"]]);
  assert.deepEqual(earlierOf(sittings).length, 1);
});

test("one strength stands first, never more than three, and the rest is passed over", () => {
  assert.deepEqual(shown([[1, "reflection"], [3, "validation"], [5, "advice_unasked"], [7, "at_least"], [9, "closed_run"]]), ["reflection", "validation", "at_least"]);
  assert.deepEqual(shown([[5, "advice_unasked"], [7, "closed_run"], [9, "own_story"], [3, "stacked_questions"]]), ["advice_unasked", "own_story", "stacked_questions"]);
  assert.deepEqual(shown([]), []);
});

test("what to try follows from what can hurt most; strengths alone call for nothing of their own", () => {
  const { sitting, figures } = found([[3, "closed_run"], [5, "at_least"]]);
  assert.equal(mirrorOf(sitting, figures).tries, "at_least");
  const good = found([[3, "reflection"]]);
  assert.equal(mirrorOf(good.sitting, good.figures).tries, null);
});

test("a moment quotes the reply and what it answered; of a speaker, of a kind nobody knows, or out of the talk there is none", () => {
  const { sitting, figures } = found([[3, "reflection"], [2, "validation"], [5, "a_new_kind"], [99, "opening"]]);
  assert.deepEqual(mirrorOf(sitting, figures).moments.map((m) => [m.before, m.words]), [["words 2", "words 3"]]);
});

test("too short: moments may be quoted, no figure is made", () => {
  const { sitting, figures } = found([[3, "reflection"]], {}, true);
  const mirror = mirrorOf(sitting, figures);
  assert.equal(mirror.band, null);
  assert.equal(mirror.moments.length, 1);
});

test("the engine's doubt is handed on with the moment", () => {
  const doubtful = (kind: string, change: Partial<ListenerCode>): boolean | undefined => {
    const { sitting, figures } = found([[3, kind]], change);
    return mirrorOf(sitting, figures).moments[0]?.unsure;
  };
  assert.equal(doubtful("reflection", {}), false);
  assert.equal(doubtful("reflection", { unsure: true }), true);
  assert.equal(doubtful("advice_unasked", { input: 0.5 }), true);
  assert.equal(doubtful("at_least", { reflection: 0.4 }), true);
  assert.equal(doubtful("opening", { question: 0.95 }), false);
});

test("where a talk leaned is said only when the whole band lies on one side, and beside earlier ones only when none touches", () => {
  const band = (low: number, high: number) => ({ atMs: 0, low, middle: (low + high) / 2, high });
  assert.equal(leans(band(0.1, 0.3)), "giving_back");
  assert.equal(leans(band(-0.3, -0.1)), "bringing_in");
  assert.equal(leans(band(-0.1, 0.1)), "open");
  assert.equal(beside(band(0.1, 0.3), []), "first");
  assert.equal(beside(band(0.1, 0.3), [band(-0.4, -0.2), band(0.2, 0.4)]), "alike");
  assert.equal(beside(band(0.1, 0.3), [band(-0.4, -0.2), band(-0.1, 0.05)]), "more_giving_back");
  assert.equal(beside(band(-0.3, -0.1), [band(0, 0.2)]), "more_bringing_in");
});

test("a long quotation keeps whole words: the start of a reply, the end of what it answered", () => {
  const long = "word ".repeat(200);
  assert.ok(shortened(long, "start").endsWith("word …") && shortened(long, "end").startsWith("… word"));
  assert.ok(shortened(long, "start").length < 420);
  assert.equal(shortened(" short ", "start"), "short");
});

const spoken = (from: string, text: string, position = 1) => ({ from, text, position, atMs: position });

test("no yes, no mirror: each has to say it, the last word counts, a no stays", () => {
  const [yes, no] = [consentWords("yes"), consentWords("no")];
  assert.deepEqual(consentOf([], "ana", ["heron"]), { mine: "unasked", theirs: "unasked" });
  assert.deepEqual(consentOf([spoken("ana", yes)], "ana", ["heron"]), { mine: "yes", theirs: "unasked" });
  assert.deepEqual(consentOf([spoken("ana", yes), spoken("heron", yes)], "ana", ["heron"]), { mine: "yes", theirs: "yes" });
  assert.deepEqual(consentOf([spoken("ana", yes), spoken("heron", yes), spoken("heron", no)], "ana", ["heron"]), { mine: "yes", theirs: "no" });
  assert.deepEqual(consentOf([spoken("heron", no), spoken("heron", yes)], "heron", ["ana"]), { mine: "yes", theirs: "unasked" });
});

test("one person's yes is not another's, and with nobody there is nobody to agree", () => {
  const yes = consentWords("yes");
  assert.equal(consentOf([spoken("ana", yes), spoken("somebody", yes)], "ana", ["heron"]).theirs, "unasked");
  assert.equal(consentOf([spoken("ana", yes)], "ana", []).theirs, "unasked");
  assert.equal(consentOf([spoken("ana", yes), spoken("heron", yes)], "ana", ["heron", "wren"]).theirs, "unasked");
});

test("a yes to another mirror than today's is asked again; what is not made as agreed says nothing", () => {
  const old = JSON.stringify({ is: "consent", version: 0, answer: "yes" });
  assert.equal(consentOf([spoken("heron", old)], "ana", ["heron"]).theirs, "unasked");
  for (const text of ["", "yes", "null", "[]", '{"is":"consent","answer":"YES","version":1}', '{"is":"kept","answer":"yes","version":1}', "{"]) {
    assert.equal(consentOf([spoken("heron", text)], "ana", ["heron"]).theirs, "unasked", text);
  }
});

test("what was kept comes back as it was, only for its own conversation, newest first; damage is passed over", () => {
  const { sitting, figures } = found([[3, "reflection"], [5, "at_least"]]);
  const mirror = { ...mirrorOf(sitting, figures), conversation: "c1", heard: ["input" as const, null] };
  const all = [spoken("ana", keptWords(mirror), 3), spoken("ana", keptWords({ ...mirror, conversation: "c2" }), 4), spoken("ana", "{broken", 5), spoken("ana", keptWords(mirror), 6)];
  const kept = keptOf(all, "c1");
  assert.deepEqual(kept.map((one) => one.position), [6, 3]);
  assert.deepEqual(allKept(all).map((one) => [one.position, one.conversation]), [[3, "c1"], [4, "c2"], [6, "c1"]]);
  const { position: _, keptMs: __, ...same } = kept[0] ?? assert.fail();
  assert.deepEqual(same, mirror);
  const odd = JSON.stringify({ is: "kept", conversation: "c1", atMs: 1, moments: [{ kind: "x" }, 7], heard: 3, band: { low: "a" }, tries: 4 });
  assert.deepEqual(keptOf([spoken("ana", odd)], "c1")[0]?.moments, []);
});

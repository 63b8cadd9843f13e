// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Taken } from "../../../web/bridge/vault/types.ts";
import { addedBy, safeName } from "./taking.ts";

const said: Taken = { position: 4, finding: "shown", sender: "ana", mid: "m", body: { kind: "text", text: "I hear you" } };

test("what could not be verified shows a line and never a word", () => {
  const added = addedBy({ ...said, finding: "bad" }, 1);
  assert.equal(added.item?.kind, "line");
  assert.ok(!JSON.stringify(added).includes("hear"));
});

test("words shown before show nothing", () => assert.equal(addedBy({ ...said, finding: "duplicate" }, 1).item, null));

test("a gap and a fork are said beside the words, and the words stay", () => {
  const gap = addedBy({ ...said, finding: "shown_gap" }, 1).item;
  assert.ok(gap?.kind === "words" && gap.doubt === "gap" && gap.text === "I hear you");
  const fork = addedBy({ ...said, finding: "shown_forked" }, 1).item;
  assert.ok(fork?.kind === "words" && fork.doubt === "histories_differ");
});

test("the opening gives a name, a wish and the first words", () => {
  const added = addedBy({ ...said, body: { kind: "opening", wish: 1, channel: 0, name: "Heron", text: "hello" } }, 1);
  assert.deepEqual(added.name, { account: "ana", name: "Heron" });
  assert.equal(added.opening?.wish, 1);
  assert.ok(added.item?.kind === "words" && added.item.text === "hello");
});

test("a plain rotation is nobody's business, a new member is", () => {
  const commit = { epoch: 2, resumed: false, joined: [], left: [] };
  assert.equal(addedBy({ position: 2, finding: "committed", commit }, 1).item, null);
  assert.equal(addedBy({ position: 2, finding: "committed", commit: { ...commit, joined: ["x"] } }, 1).item?.kind, "line");
});

test("a file cannot hide what it is", () => {
  assert.equal(safeName("photo\u202Egpj.exe"), "photogpj.exe");
  assert.equal(safeName("../../etc/passwd"), "....etcpasswd");
  assert.ok(safeName(`${"a".repeat(500)}.exe`).endsWith(".exe"));
});

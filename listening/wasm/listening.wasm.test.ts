// SPDX-License-Identifier: AGPL-3.0-or-later
// The listening engine as WASM: both builds say what the native engine says, byte for byte, and nothing leaks out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { ListeningError, ListeningModule } from "../../web/bridge/listening/module.ts";
import type { Turn } from "../../web/bridge/listening/types.ts";

const root = process.env["HEARKEN_ROOT"] ?? ".";
const weightsFile = path.join(root, "listening/model/en.hkm");

function engine(name: string, weights: ArrayBuffer | null = null): ListeningModule {
  const bytes = fs.readFileSync(path.join(root, "build-wasm", name));
  return new ListeningModule(new WebAssembly.Module(bytes), weights);
}

const TALK: Turn[] = [
  { who: "speaker", text: "I just lie there till four. My sister says it's nothing." },
  { who: "listener", text: "The nights have got very long, and nobody seems to see it." },
  { who: "speaker", text: "Yes. I'm so tired — and ashamed, I think." },
  { who: "listener", text: "You should try melatonin. Have you thought about a doctor?" },
  { who: "speaker", text: "I suppose." },
  { who: "listener", text: "What is it like, at four?" },
];

for (const name of ["listening.wasm", "listening-simd.wasm"]) {
  test(`${name} imports nothing at all`, () => {
    const bytes = fs.readFileSync(path.join(root, "build-wasm", name));
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  });

  test(`${name} codes a conversation and says what it is unsure of`, () => {
    const { turns, session } = engine(name).figures(TALK);
    assert.equal(turns.length, TALK.length);
    assert.deepEqual(turns[0], { who: "speaker" });
    assert.equal(session.listener_turns, 3);
    assert.equal(session.too_short, true);
  });

  test(`${name} keeps nothing of what it was asked`, () => {
    const it = engine(name);
    const canary = "melatonin-7d41e9";
    it.figures([{ who: "speaker", text: `a ${canary}` }, { who: "listener", text: `so ${canary} it is` }]);
    it.hint(TALK, `you should ${canary}`);
    assert.equal(Buffer.from(it.memory).indexOf(canary), -1);
    assert.equal(Buffer.from(it.memory).indexOf("melatonin"), -1);
  });

  test(`${name} refuses a damaged weights file`, () => {
    assert.throws(() => engine(name, new Uint8Array(4096).buffer), ListeningError);
  });

  test(`${name} finds a hint's place in a draft with letters of several bytes`, () => {
    const draft = "Ça va… You should have told her at once.";
    const hint = engine(name).hint(TALK, draft);
    if (hint !== null) assert.ok(hint.from >= 0 && hint.to <= draft.length && hint.from < hint.to);
    assert.equal(engine(name).hint(TALK, "That sounds so heavy."), null);
  });
}

test("both builds print the same bytes", () => {
  assert.equal(engine("listening.wasm").figuresText(TALK), engine("listening-simd.wasm").figuresText(TALK));
});

test("native and WASM print the same bytes", { skip: nativeProgram() === null && "the native program is not built" }, () => {
  const program = nativeProgram();
  assert.ok(program !== null);
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "hearken-listen-")), "talk.jsonl");
  fs.writeFileSync(file, `${JSON.stringify({ id: "1", turns: TALK })}\n`);
  const printed = execFileSync(program, ["listen", "--json", file], { encoding: "utf8" }).trim();
  const weights = fs.existsSync(weightsFile) ? new Uint8Array(fs.readFileSync(weightsFile)).buffer : null;
  const mine = engine("listening.wasm", weights).figuresText(TALK);
  assert.ok(printed.includes(mine.slice(1, -1)), `${printed}\n${mine}`);
});

function nativeProgram(): string | null {
  for (const dir of [process.env["HEARKEN_BUILD"] ?? "build", "build", "build-test"]) {
    const program = path.resolve(root, dir, "cli/hearken");
    if (fs.existsSync(program)) return program;
  }
  return null;
}

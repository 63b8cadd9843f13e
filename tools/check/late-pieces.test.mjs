// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { askersOf, lateBesideAsker } from "../web/late.mjs";

const START = "/p/main.tsx";

test("a late piece lies with the late piece that alone asks for it, else with the start", () => {
  const askers = askersOf(
    [
      { file: START, text: 'import("./inside.tsx"); import("./erase.tsx")' },
      { file: "/p/inside.tsx", text: 'import("./mirror.tsx"); import("./erase.tsx"); import("./en.json?rest")' },
      { file: "/p/frame.tsx", text: 'import("./crisis.tsx")' },
    ],
    START,
  );
  assert.deepEqual([...askers].sort(), [
    ["/p/crisis.tsx", START],
    ["/p/erase.tsx", START],
    ["/p/inside.tsx", START],
    ["/p/mirror.tsx", "/p/inside.tsx"],
  ]);
});

test("what the start shares with its late pieces is one file, where it were several", async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "hearken-late-"));
  const write = (name, text) => fs.writeFileSync(path.join(dir, name), text);
  write("a.ts", 'export const a = "said by a";');
  write("b.ts", 'export const b = "said by b";');
  write("one.ts", 'import { a } from "./a.ts"; export const one = a + 1;');
  write("two.ts", 'import { a } from "./a.ts"; import { b } from "./b.ts"; export const two = a + b;');
  write("main.ts", 'import { a } from "./a.ts"; import { b } from "./b.ts"; console.log(a, b); void import("./one.ts"); void import("./two.ts");');
  const main = path.join(dir, "main.ts");
  const startFiles = async (plugins) => {
    const built = await esbuild.build({ absWorkingDir: dir, entryPoints: [main], bundle: true, splitting: true, format: "esm", outdir: dir, write: false, metafile: true, plugins });
    return Object.values(built.metafile.outputs).filter((made) => ["a.ts", "b.ts"].some((name) => Object.keys(made.inputs).some((input) => input.endsWith(name)))).length;
  };
  assert.equal(await startFiles([]), 2);
  assert.equal(await startFiles([lateBesideAsker([dir], main)]), 1);
  fs.rmSync(dir, { recursive: true });
});

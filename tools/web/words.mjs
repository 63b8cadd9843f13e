// SPDX-License-Identifier: AGPL-3.0-or-later
// The catalogues in two pieces, so that on a slow line nobody waits for sentences of screens they have not reached: "?start" is
// what the first screen can say, "?rest" everything else. Which areas belong to the start stands here, and the build ends where
// a part of the first screen names a sentence of another one.
import * as fs from "node:fs";
import * as path from "node:path";

/** Areas (what stands before the first dot of a sentence's name), and single sentences of others. */
export const START = ["asking", "demo.line", "draft", "kit", "leave", "sign_in", "trouble", "crisis.button", "preferences.button", "after.keep", "device.keeps_nothing"];

const areaOf = (key) => key.split(".")[0];
const inStart = (key) => START.includes(areaOf(key)) || START.includes(key);

/** The sentences of one piece. */
export function pieceOf(words, piece) {
  return Object.fromEntries(Object.entries(words).filter(([key]) => inStart(key) === (piece === "start")));
}

/** For esbuild: resolves "./en.json?start" and "./en.json?rest". */
export const wordsInPieces = {
  name: "words",
  setup(build) {
    build.onResolve({ filter: /\.json\?(start|rest)$/ }, ({ path: asked, resolveDir }) => ({ path: path.resolve(resolveDir, asked), namespace: "words" }));
    build.onLoad({ filter: /.*/, namespace: "words" }, ({ path: asked }) => {
      const [file, piece] = asked.split("?");
      return { contents: JSON.stringify(pieceOf(JSON.parse(fs.readFileSync(file, "utf8")), piece)), loader: "json", watchFiles: [file] };
    });
  },
};

/** Sentences that these sources say and the start does not hold. */
export function notInStart(sources, words) {
  const areas = new Set(Object.keys(words).map(areaOf));
  const said = sources.flatMap((source) => [...source.matchAll(/["`]([a-z_]+\.[a-z_]+)/g)].map((m) => m[1]));
  return [...new Set(said)].filter((key) => areas.has(areaOf(key)) && !inStart(key));
}

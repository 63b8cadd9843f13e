// SPDX-License-Identifier: AGPL-3.0-or-later
// Pieces that the page loads late are asked for by a piece that is there already. The bundler does not reckon with that: it cuts a
// file of its own for every set of pieces that share something, and a slow line pays a round trip for each of twelve small files.
// Said as an import, it is reckoned with: what a late piece shares with the one that asks for it lies with that one.
import * as fs from "node:fs";
import * as path from "node:path";

const ASKED = /\bimport\("(\.[^"]+\.tsx?)"\)/g;

/** {late piece: the late piece that asks for it}, as absolute paths; `start` where none or several do: without it nothing runs. */
export function askersOf(sources, start) {
  const asked = new Map();
  for (const { file, text } of sources) {
    for (const [, name] of text.matchAll(ASKED)) {
      const piece = path.resolve(path.dirname(file), name);
      asked.set(piece, new Set(asked.get(piece)).add(file));
    }
  }
  const only = ([first, ...others]) => (others.length === 0 && asked.has(first) ? first : start);
  return new Map([...asked].map(([piece, by]) => [piece, only(by)]));
}

function sourcesIn(dirs) {
  return dirs.flatMap((dir) =>
    fs
      .readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
      .map((file) => path.join(dir, file))
      .map((file) => ({ file, text: fs.readFileSync(file, "utf8") })),
  );
}

/** For esbuild: a late piece begins by importing who asks for it. `start` is what the page begins with. */
export function lateBesideAsker(dirs, start) {
  return {
    name: "late pieces",
    setup(build) {
      const askers = askersOf(sourcesIn(dirs), start);
      build.onLoad({ filter: /\.tsx?$/ }, ({ path: file }) => {
        const asker = askers.get(file);
        if (asker === undefined) return undefined;
        const text = fs.readFileSync(file, "utf8");
        return { contents: `import ${JSON.stringify(asker)};\n${text}`, loader: file.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}

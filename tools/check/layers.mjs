// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who may look at whom (ARCHITECTURE.md), checked on every include and import. Run by `make check`; its own test
// (layers.test.mjs) breaks each rule on purpose.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

const KITS = ["store", "wire", "live"];
const SKIPPED = /^(node_modules|build.*|\.git|\.cache|\.dist)$/;
const FORBIDDEN_FOLDERS = new Set(["util", "utils", "common", "misc", "helpers"]);

/** The rooms a C file in a room may include from; a feature's own rules follow below. */
const MAY_INCLUDE = {
  base: ["base"],
  listening: ["base", "listening"],
  vault: ["base", "vault"],
  store: ["base", "store"],
  wire: ["base", "wire"],
  live: ["base", "live"],
  server: ["base", ...KITS, "vault/public.h", "features", "server"],
  cli: ["base", ...KITS, "vault", "listening", "features", "server", "cli"],
  bench: null, // composes freely, like the tests
  fuzz: null,
  journeys: null,
  tools: null,
};
const VENDOR = {
  sodium: ["vault", "features", "fuzz", "bench", "cli", "server", "journeys"],
  sqlite3: ["store", "bench", "journeys", "cli"],
  "event2/": ["wire", "cli", "bench", "journeys"],
  jansson: ["wire", "cli", "features", "vault", "listening", "journeys", "bench"],
};

function roomOf(path) {
  return path.split("/")[0];
}

function featureOf(path) {
  const parts = path.split("/");
  return parts[0] === "features" ? parts[1] : null;
}

const isTest = (path) => /(_test|_fuzz|test_\w+|_testing)\.[ch]$/.test(path) || /\.test\.(m?js|tsx?)$/.test(path);

/** The faults of one C file: [{path, line, why}]. Pure: takes the text. */
export function checkC(path, text) {
  const faults = [];
  const room = roomOf(path);
  const feature = featureOf(path);
  text.split("\n").forEach((line, index) => {
    const fault = (why) => faults.push({ path, line: index + 1, why });
    const own = /^\s*#\s*include\s+"([^"]+)"/.exec(line);
    if (own) {
      const target = own[1];
      if (target.includes("..")) return fault("includes are written from the top of the tree, without ..");
      if (!target.includes("/")) return fault(`include "${target}" is not written from the top of the tree`);
      const why = includeFault(path, room, feature, target);
      if (why) fault(why);
    }
    const system = /^\s*#\s*include\s+<([^>]+)>/.exec(line);
    if (system && !isTest(path)) {
      for (const [vendor, rooms] of Object.entries(VENDOR)) {
        if (system[1].startsWith(vendor) && !rooms.includes(room)) fault(`${room} may not use <${system[1]}>`);
      }
    }
  });
  return faults;
}

function includeFault(path, room, feature, target) {
  const targetRoom = roomOf(target);
  if (feature) {
    if (isTest(path)) return null; // a test of a feature lives in a small place composed of all of them
    const targetFeature = featureOf(target);
    if (targetFeature) {
      if (targetFeature === feature) return null;
      if (target === `features/${targetFeature}/${targetFeature}.h`) return null;
      return `a feature may see only features/${targetFeature}/${targetFeature}.h of another feature`;
    }
    if (target === "vault/public.h") return null;
    if (targetRoom === "vault") return isTest(path) ? null : "a feature may see only vault/public.h of the vault";
    if (["base", ...KITS].includes(targetRoom)) return null;
    return `a feature may not look at ${targetRoom}`;
  }
  const allowed = MAY_INCLUDE[room];
  if (allowed === undefined) return `no rule for the room ${room}: add it to tools/check/layers.mjs`;
  if (allowed === null) return null;
  if (allowed.includes(targetRoom) || allowed.includes(target)) return null;
  if (isTest(path) && KITS.includes(room) && KITS.includes(targetRoom)) return null; // a small place to test a kit in
  if (room === "server" && targetRoom === "vault") return isTest(path) ? null : "the server may see only vault/public.h";
  return `${room} may not look at ${targetRoom}`;
}

/** The faults of one TypeScript file. */
export function checkTs(path, text) {
  const faults = [];
  const room = roomOf(path);
  const feature = featureOf(path);
  const pattern = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
  text.split("\n").forEach((line, index) => {
    for (const found of line.matchAll(pattern)) {
      const spec = found[1];
      if (!spec.startsWith(".")) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), spec));
      const why = importFault(path, room, feature, target);
      if (why) faults.push({ path, line: index + 1, why });
    }
  });
  return faults;
}

function importFault(path, room, feature, target) {
  if (isTest(path)) return null;
  const targetRoom = roomOf(target);
  const targetFeature = featureOf(target);
  if (path.startsWith("web/bridge/listening/") && (target.startsWith("web/net/") || /\/wire(\.ts)?$/.test(target)))
    return "the listening bridge may not look at a wire: what it reads has no path to a network";
  if (room === "web") return targetRoom === "web" ? null : `web/ may not look at ${targetRoom}`;
  if (feature) {
    if (targetRoom === "client") return "a screen may not look at client/";
    if (targetFeature && targetFeature !== feature) return "a screen may not look at another feature's folder";
  }
  return null;
}

/** Circles among features' references: [[a, b, a], ...]. edges: Map feature -> Set of features. */
export function circles(edges) {
  const found = [];
  const walk = (at, trail) => {
    for (const next of edges.get(at) ?? []) {
      const seen = trail.indexOf(next);
      if (seen >= 0) found.push([...trail.slice(seen), next]);
      else walk(next, [...trail, next]);
    }
  };
  for (const start of edges.keys()) walk(start, [start]);
  return found;
}

function* filesBelow(top, folder = top) {
  for (const name of readdirSync(folder).sort()) {
    if (SKIPPED.test(name)) continue;
    const full = join(folder, name);
    if (statSync(full).isDirectory()) {
      yield { folder: true, path: relative(top, full), name };
      yield* filesBelow(top, full);
    } else yield { folder: false, path: relative(top, full), name };
  }
}

export function checkTree(top) {
  const faults = [];
  const edges = new Map();
  let seen = 0;
  for (const { folder, path, name } of filesBelow(top)) {
    if (folder) {
      if (FORBIDDEN_FOLDERS.has(name)) faults.push({ path, line: 0, why: `no folder is called ${name}: name what it is for` });
      continue;
    }
    const isC = /\.[ch]$/.test(name);
    const isTs = /\.tsx?$/.test(name);
    if (!isC && !isTs) continue;
    seen++;
    const text = readFileSync(join(top, path), "utf8");
    if (!text.slice(0, 400).includes("SPDX-License-Identifier: AGPL-3.0-or-later"))
      faults.push({ path, line: 1, why: "no SPDX line" });
    faults.push(...(isC ? checkC(path, text) : checkTs(path, text)));
    const from = featureOf(path);
    if (from && isC && !isTest(path)) {
      for (const found of text.matchAll(/#\s*include\s+"features\/(\w+)\//g)) {
        if (found[1] !== from) edges.set(from, (edges.get(from) ?? new Set()).add(found[1]));
      }
    }
  }
  for (const circle of circles(edges)) faults.push({ path: "features", line: 0, why: `a circle: ${circle.join(" -> ")}` });
  if (seen < 10) faults.push({ path: ".", line: 0, why: `only ${seen} files were read: this check did not do its work` });
  return { faults, seen };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const top = join(dirname(fileURLToPath(import.meta.url)), "../..");
  const { faults, seen } = checkTree(top);
  for (const { path, line, why } of faults) console.error(`${path}:${line}: ${why}`);
  console.log(`layers: ${seen} files, ${faults.length} faults`);
  process.exit(faults.length ? 1 : 0);
}

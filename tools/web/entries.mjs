// SPDX-License-Identifier: AGPL-3.0-or-later
// The one list of what the browser is given. build.mjs reads it; nothing else decides what is served.

// Binary parts: built by tools/wasm/ into build-wasm/, or lying in the tree. Missing ones make their URL empty
// only where `optional` says so (a build without that part still is a whole place). Of a `sized` one the page knows its bytes too.
export const BINARIES = [
  { name: "vaultWasm", from: "build-wasm/vault.wasm", type: "application/wasm" },
  { name: "kdfWasm", from: "build-wasm/kdf.wasm", type: "application/wasm" },
  { name: "listeningWasm", from: "build-wasm/listening.wasm", type: "application/wasm", optional: true },
  { name: "listeningSimdWasm", from: "build-wasm/listening-simd.wasm", type: "application/wasm", optional: true },
  { name: "listeningWeights", from: "listening/model/en.hkm", type: "application/octet-stream", optional: true, sized: true },
];

// Each worker is one file of its own: what runs beside keys or drafts shares no chunk with a page. Audio
// worklets are built alike. Each may name those above it.
export const WORKERS = [
  { name: "kdfWorker", from: "web/bridge/vault/kdf_worker.ts" },
  { name: "vaultWorker", from: "web/bridge/vault/vault_worker.ts" },
  { name: "listeningWorker", from: "web/bridge/listening/worker.ts", optional: true },
  { name: "floorWorklet", from: "web/bridge/floor/worklet.ts", optional: true },
];

// The pages' own code, split into chunks; screens that load late are `import()`ed there. The first two are the front
// page's, then the place's, then the page's to try the listening engine. How client/pages/*.html become pages: pages.mjs.
export const PLACE = "client/main.tsx";
export const PAGE_ENTRIES = ["client/front.ts", "client/front.css", PLACE, "client/try.tsx"];
// What somebody loads who comes to talk: the first screen of the figures.
export const FIRST_SCREEN = ["client/front.ts", "client/front.css", PLACE];

// Served as they lie, under their own names, from the root: icons, the web app manifest, robots.txt.
export const STATIC = "client/static";

export const SERVICE_WORKER = "client/service-worker.ts";

// SPDX-License-Identifier: AGPL-3.0-or-later
// Keeps the page itself on the device, so that the crisis panel, sealed drafts and the outbox are there with no network. It stores
// what the build made and nothing else: no answer of the place ever goes into a cache.

declare const HK_FILES: readonly string[];
declare const HK_BUILD: string;

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerSide {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetched) => void): void;
}

const side = globalThis as unknown as WorkerSide;
const PREFIX = "hearken-";
const CACHE = PREFIX + HK_BUILD;
// Weights and the listening engine are large and only for those who listen: they come when they are asked for.
const LATER = /\/listening[^/]*$|\.hkm$/;
const ours = new Set(HK_FILES);
const namedByHash = (path: string) => path.startsWith("/a/");

side.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(HK_FILES.filter((path) => !LATER.test(path)).map((path) => new Request(path, { cache: namedByHash(path) ? "default" : "no-cache" })));
      await side.skipWaiting();
    })(),
  );
});

side.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
      }
      await side.clients.claim();
    })(),
  );
});

side.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || !ours.has(url.pathname)) return;
  event.respondWith(request.mode === "navigate" ? freshFirst(url.pathname) : keptFirst(url.pathname));
});

/** A page: as the place has it now, else as it was kept. */
async function freshFirst(path: string): Promise<Response> {
  try {
    const answer = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(4000) });
    if (answer.ok) return answer;
  } catch {
    // No network, or one too slow for somebody in need.
  }
  return (await caches.match(path)) ?? Response.error();
}

/** A part whose name holds its hash: the kept one is the right one. */
async function keptFirst(path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept !== undefined) return kept;
  const answer = await fetch(path);
  if (answer.ok && namedByHash(path)) await cache.put(path, answer.clone());
  return answer;
}

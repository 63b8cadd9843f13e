// SPDX-License-Identifier: AGPL-3.0-or-later
// "No path to a network exists": read from the worker's own bundle, as it is served.
import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";

const root = process.env["HEARKEN_ROOT"] ?? ".";
const WAYS_OUT = /\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|WebTransport|importScripts|indexedDB|caches|BroadcastChannel|SharedWorker|new Worker|import\()/;

async function bundled(entry: string): Promise<string> {
  const built = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    legalComments: "none",
    define: { HK_ASSETS: "{}", HK_DEV: "false" },
  });
  return built.outputFiles[0]?.text ?? "";
}

test("the listening worker knows no way out", async () => {
  const text = await bundled("web/bridge/listening/worker.ts");
  assert.ok(text.length > 1000, path.join(root, "web/bridge/listening/worker.ts"));
  assert.doesNotMatch(text, WAYS_OUT);
});

test("the search would find one: the vault's worker loads its module", async () => {
  assert.match(await bundled("web/bridge/vault/vault_worker.ts"), WAYS_OUT);
});

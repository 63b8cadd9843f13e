// SPDX-License-Identifier: AGPL-3.0-or-later
// Tests only: serves a built directory as the real server does: the same headers, from memory, by its manifest.
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import type { AddressInfo } from "node:net";

const CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types hearken",
].join("; ");

const HEADERS = {
  "content-security-policy": CSP,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

type Manifest = { files: { path: string; file: string; type: string }[] };

export type Served = { origin: string; manifest: Manifest; close(): Promise<void> };

export async function serve(dir: string): Promise<Served> {
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, "manifest.json"), "utf8")) as Manifest;
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const server = http.createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    if (file === undefined) return void response.writeHead(404, HEADERS).end();
    response.writeHead(200, { ...HEADERS, "content-type": file.type }).end(fs.readFileSync(path.join(dir, file.file)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    manifest,
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(() => done()))),
  };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// What a build gives: files with their types, hashes and brotli twins, and the manifest that lists them.
//
// manifest.json, read by the server (wire/files.h): { files: [{ path, file, type, brotli?, immutable, sha384, size, brotli_size }] }
// build.json, read by the figures: { assets, first_screen, first_words }
//   path       what the browser asks for ("/" or "/a/main-X.js");  file: where it lies below the directory
//   sha384     base64, as Subresource Integrity writes it
//   brotli_size  of FILE.br beside it; 0 where brotli does not make it smaller
//   immutable  its name holds its hash: it may be kept for ever
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as zlib from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".hkm": "application/octet-stream",
};
const COMPRESSED_ALREADY = new Set([".woff2", ".png"]);

export class Output {
  files = [];
  firstScreen = [];
  firstWords = {};
  placeParts = [];
  #bytes = new Map();

  // Returns the path under which the browser finds it.
  add(file, contents, immutable, url = `/${file}`) {
    const type = TYPES[path.extname(file)];
    if (type === undefined) {
      throw new Error(`${file}: what is it? tools/web/output.mjs knows no type for it`);
    }
    if (this.#bytes.has(file)) {
      if (Buffer.compare(this.#bytes.get(file), contents) !== 0) {
        throw new Error(`${file} is made twice, and not alike`);
      }
      return url;
    }
    this.#bytes.set(file, Buffer.from(contents));
    const sha384 = crypto.createHash("sha384").update(contents).digest("base64");
    this.files.push({ path: url, file, type, sha384, size: contents.length, brotli_size: 0, immutable });
    return url;
  }

  addHashed(name, contents) {
    const hash = crypto.createHash("sha256").update(contents).digest("hex").slice(0, 10).toUpperCase();
    const extension = path.extname(name);
    return this.add(`a/${path.basename(name, extension)}-${hash}${extension}`, contents, true);
  }

  // One short name for the whole build: the service worker's cache is called by it.
  fingerprint() {
    const all = crypto.createHash("sha256");
    for (const file of [...this.files].sort((one, two) => (one.file < two.file ? -1 : 1))) {
      all.update(`${file.file} ${file.sha384}\n`);
    }
    return all.digest("hex").slice(0, 16);
  }

  async write(dir, assets) {
    fs.rmSync(path.join(dir, "a"), { recursive: true, force: true });
    fs.mkdirSync(path.join(dir, "a"), { recursive: true });
    for (const file of this.files) {
      const bytes = this.#bytes.get(file.file);
      const at = path.join(dir, file.file);
      fs.mkdirSync(path.dirname(at), { recursive: true });
      fs.writeFileSync(at, bytes);
      const packed = COMPRESSED_ALREADY.has(path.extname(file.file)) ? bytes : await brotli(bytes);
      if (packed.length < bytes.length) {
        fs.writeFileSync(`${at}.br`, packed);
        file.brotli = `${file.file}.br`;
        file.brotli_size = packed.length;
      } else {
        fs.rmSync(`${at}.br`, { force: true });
      }
    }
    this.files.sort((one, two) => (one.path < two.path ? -1 : 1));
    fs.writeFileSync(path.join(dir, "manifest.json"), `${JSON.stringify({ files: this.files }, null, 1)}\n`);
    fs.writeFileSync(path.join(dir, "build.json"), `${JSON.stringify({ assets, first_screen: this.firstScreen, first_words: this.firstWords }, null, 1)}\n`);
    this.#tell(dir);
  }

  #tell(dir) {
    const size = (file) => file.brotli_size || file.size;
    const first = this.files.filter((file) => this.firstScreen.includes(file.file));
    const sum = first.reduce((total, file) => total + size(file), 0);
    for (const file of this.files.filter((one) => one.size > 2000)) {
      console.log(`${String(size(file)).padStart(8)}  ${file.path}`);
    }
    console.log(`${this.files.length} files in ${dir}; first screen ${(sum / 1000).toFixed(1)} kB brotli`);
  }
}

function brotli(bytes) {
  const params = {
    [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
    [zlib.constants.BROTLI_PARAM_LGWIN]: 22,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return new Promise((done, fail) => {
    zlib.brotliCompress(bytes, { params }, (error, packed) => (error ? fail(error) : done(packed)));
  });
}

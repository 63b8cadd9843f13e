// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Canaries: words that exist nowhere else, and the search for them in files, texts and the memory of a process.
//
//   const flock = makeCanaries(1000);
//   flock.words                            each is its own
//   findCanaries(flock, bytes)             [{ word, form, at }], in UTF-8, UTF-16, base64 (each alignment) and hex
//   searchMemory(pid, [flock])             the same over everything a process has mapped
//
// All words of a flock begin with one random mark. The search looks for the mark alone, so that a word of which
// only the beginning is left (memory that was freed and partly used again) is found as well.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 of them
const MARK_LETTERS = 8; // 40 bits: by chance in 1 GB of memory once in a thousand runs, and then in one form only
const WORD_LETTERS = 14;
const CHUNK = 16 << 20;
const OVERLAP = 4096; // longer than any form of a word
const SHADOW = 8 * 2 ** 30; // mappings from here on are a sanitizer's bookkeeping: one of their bytes stands for eight

const letters = (n) => Array.from(randomBytes(n), (byte) => LETTERS[byte % 32]).join("");

export function makeCanaries(count) {
  const mark = letters(MARK_LETTERS);
  const words = new Set();
  while (words.size < count) words.add(mark + letters(WORD_LETTERS));
  return { mark, words: [...words], forms: formsOf(mark) };
}

/** What is left of base64 text that does not depend on the bytes before and after. */
function base64Inside(text, alignment) {
  const bytes = Buffer.concat([Buffer.alloc(alignment), Buffer.from(text)]);
  const from = Math.ceil((alignment * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  return bytes.toString("base64").slice(from, to);
}

function formsOf(text) {
  const utf16 = Buffer.from(text, "utf16le");
  const forms = [
    ["utf-8", Buffer.from(text)],
    ["utf-16le", utf16],
    ["utf-16be", Buffer.from(utf16).swap16()],
    ["hex", Buffer.from(Buffer.from(text).toString("hex"))],
    ["HEX", Buffer.from(Buffer.from(text).toString("hex").toUpperCase())],
  ];
  for (const alignment of [0, 1, 2]) {
    const inside = base64Inside(text, alignment);
    forms.push([`base64+${alignment}`, Buffer.from(inside)]);
    const url = inside.replaceAll("+", "-").replaceAll("/", "_");
    if (url !== inside) forms.push([`base64url+${alignment}`, Buffer.from(url)]);
  }
  return forms;
}

/** Which word stands here, as far as it can still be read. */
function wordAt(flock, form, bytes, at) {
  for (const word of flock.words) {
    const whole = formsOf(word).find(([name]) => name === form)?.[1];
    if (whole !== undefined && bytes.subarray(at, at + whole.length).equals(whole)) return word;
  }
  return `${flock.mark}... (the rest is gone)`;
}

export function findCanaries(flock, bytes) {
  const found = [];
  for (const [form, pattern] of flock.forms) {
    for (let at = bytes.indexOf(pattern); at >= 0 && found.length < 20; at = bytes.indexOf(pattern, at + 1))
      found.push({ word: wordAt(flock, form, bytes, at), form, at });
  }
  return found;
}

/** Every file below a folder: [{ file, word, form, at }]. */
export function searchFolder(folder, flock) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.path, entry.name))
    .flatMap((file) => findCanaries(flock, fs.readFileSync(file)).map((hit) => ({ file, ...hit })));
}

function mappingsOf(pid) {
  return fs
    .readFileSync(`/proc/${pid}/maps`, "latin1")
    .split("\n")
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(line))
    .filter((parts) => parts !== null && parts[3].startsWith("r") && !/^\[v(var|syscall)/.test(parts[4]))
    .map(([, from, to, , name]) => ({ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), name }));
}

/**
 * Reads all that a process has mapped and may read: { bytes, unreadable, skipped, found: [hits of each flock] }.
 * Throws EACCES or EPERM where this system does not let us look.
 */
export function searchMemory(pid, flocks) {
  const memory = fs.openSync(`/proc/${pid}/mem`, "r");
  const buffer = Buffer.alloc(CHUNK);
  const seen = { bytes: 0, unreadable: 0, skipped: 0, found: flocks.map(() => []) };
  try {
    for (const { from, to, name } of mappingsOf(pid)) {
      if (to - from > SHADOW) {
        seen.skipped += to - from;
        continue;
      }
      for (let at = from; at < to; at += CHUNK - OVERLAP) {
        const length = Math.min(CHUNK, to - at);
        let read = 0;
        try {
          read = fs.readSync(memory, buffer, 0, length, at);
        } catch (error) {
          if (error.code !== "EIO" && error.code !== "EFAULT") throw error;
        }
        seen.bytes += read;
        seen.unreadable += length - read;
        flocks.forEach((flock, i) => {
          for (const hit of findCanaries(flock, buffer.subarray(0, read)))
            seen.found[i].push({ ...hit, at: at + hit.at, mapping: name || "anonymous" });
        });
        if (length < CHUNK) break;
      }
    }
  } finally {
    fs.closeSync(memory);
  }
  return seen;
}

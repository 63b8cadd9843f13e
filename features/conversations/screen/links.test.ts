// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "./links.ts";

const links = (text: string): string[] => pieces(text).flatMap((p) => (p.kind === "link" ? [p.href] : []));

test("nothing but http and https becomes a link", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.c", "www.example.org", "ftp://a.b"]) {
    assert.deepEqual(links(text), [], text);
  }
});

test("an address that pretends to be another stays plain text", () => {
  assert.deepEqual(links("https://bank.example@evil.example/"), []);
  assert.deepEqual(links("https://user:pw@evil.example/"), []);
  assert.deepEqual(links("https://аpple.com/"), [], "a Cyrillic letter");
  assert.deepEqual(links("https://localhost/"), []);
});

test("a sign that turns the reading direction ends the address", () => {
  assert.deepEqual(links("https://a.example/\u202Egpj.exe"), ["https://a.example/"]);
});

test("the sentence keeps its full stop and its bracket", () => {
  assert.deepEqual(links("See https://a.example/b. And (https://c.example/d), yes"), ["https://a.example/b", "https://c.example/d"]);
  assert.deepEqual(links("https://en.example/wiki/Silence_(song)"), ["https://en.example/wiki/Silence_(song)"]);
});

test("no character is lost or doubled", () => {
  const text = "a https://x.example/ b\nhttps://y.example/z?q=1#f\tend";
  assert.equal(pieces(text).map((p) => p.text).join(""), text);
});

test("a megabyte of colons and slashes is read in a blink", () => {
  const started = performance.now();
  pieces("https://".repeat(60_000));
  pieces(`https://${"(".repeat(20_000)}`);
  assert.ok(performance.now() - started < 1500);
});

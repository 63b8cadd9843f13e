// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";

const css = fs.readFileSync(path.join(process.env["HEARKEN_ROOT"] ?? ".", "web/tokens.css"), "utf8");

/** The tokens of each block that says a colour scheme. */
function themes(): readonly Map<string, string>[] {
  return [...css.matchAll(/\{\s*color-scheme: (?:light|dark);([^}]*)\}/g)].map(
    (block) => new Map([...(block[1] ?? "").matchAll(/--([\w-]+): ([^;]+);/g)].map((m) => [m[1] ?? "", m[2] ?? ""])),
  );
}

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const PAIRS: readonly (readonly [string, string, number])[] = [
  ["ink", "background", 12],
  ["ink", "surface", 12],
  ["ink", "own-bubble", 10],
  ["muted", "background", 4.5],
  ["muted", "surface", 4.5],
  ["muted", "own-bubble", 4.5],
  ["accent", "background", 4.5],
  ["on-accent", "accent", 4.5],
  ["warm", "surface", 4.5],
  ["danger", "surface", 4.5],
  ["control-border", "background", 3],
  ["control-border", "surface", 3],
];

test("every theme has enough contrast in every pair that is used", () => {
  const all = themes();
  assert.equal(all.length, 3);
  for (const theme of all) {
    for (const [front, back, least] of PAIRS) {
      const found = contrast(theme.get(front) ?? "#000000", theme.get(back) ?? "#000000");
      assert.ok(found >= least, `${front} on ${back}: ${found.toFixed(1)} < ${least}`);
    }
  }
});

test("dark by the device and dark by choice are the same dark", () => {
  const [, byDevice, byChoice] = themes();
  assert.deepEqual(byDevice, byChoice);
});

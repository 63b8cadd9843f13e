// SPDX-License-Identifier: AGPL-3.0-or-later
// What to say about a password while it is typed. Checked on this device only, against a list that is part of the page.
import { COMMON } from "./common-passwords.ts";

export const SHORTEST = 8;
export const ADVISED = 15;

export type Advice = "empty" | "too_short" | "common" | "could_be_longer" | "good" | "not_typeable";

export function adviceFor(password: string): Advice {
  const plain = password.normalize("NFC");
  if (plain === "") return "empty";
  // Control, unassigned, private-use characters and lone surrogates cannot be typed again elsewhere (RFC 8265).
  if (/[\p{Cc}\p{Cn}\p{Co}\p{Cs}]/u.test(plain)) return "not_typeable";
  if (new TextEncoder().encode(plain).length < SHORTEST) return "too_short";
  if (isCommon(plain)) return "common";
  return [...plain].length < ADVISED ? "could_be_longer" : "good";
}

export function accepted(advice: Advice): boolean {
  return advice === "could_be_longer" || advice === "good";
}

/** Also common: one of the list with a few signs around it, one sign again and again, a row of the keyboard. */
function isCommon(password: string): boolean {
  const low = password.toLowerCase().replace(/\s+/g, "");
  const bare = low.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  if (COMMON.has(low) || (bare.length > 3 && low.length - bare.length <= 5 && COMMON.has(bare))) return true;
  if (new Set(low).size <= 2) return true;
  return low.length < 12 && ROWS.some((row) => row.includes(low));
}

const ROWS = ["01234567890", "98765432109876543210", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn"];

// ---- The recovery sheet

/** The printed code in its groups of four. */
export function groupsOf(code: string): readonly string[] {
  return code.trim().split(/[\s-]+/).filter((group) => group !== "");
}

/** Which two groups to type back: different ones, never the check group at the end, in their order. */
export function askedGroups(count: number, chance: () => number): readonly [number, number] {
  const last = Math.max(2, count - 1);
  const a = Math.floor(chance() * last);
  const b = (a + 1 + Math.floor(chance() * (last - 1))) % last;
  return a < b ? [a, b] : [b, a];
}

/** The way the sheet is read by people: case does not matter, O is 0, I and L are 1. */
export function sameGroup(typed: string, group: string): boolean {
  const plain = (text: string): string => text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return plain(typed) !== "" && plain(typed) === plain(group);
}

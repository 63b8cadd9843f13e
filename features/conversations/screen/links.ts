// SPDX-License-Identifier: AGPL-3.0-or-later
// Finds addresses in words. Only http and https become links, whole and as written: no address is shown that is not the
// one that opens, and names that look like another script's letters stay plain text.

export type Piece = { readonly kind: "text"; readonly text: string } | { readonly kind: "link"; readonly text: string; readonly href: string };

const CANDIDATE = /https?:\/\/[^\s<>"'`{}|\\^\u0000-\u001f\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f]+/giu;
const LONGEST = 2000;

export function pieces(text: string): readonly Piece[] {
  const made: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = trimmed(match[0]);
    if (!isSafe(link)) continue;
    if (match.index > at) made.push({ kind: "text", text: text.slice(at, match.index) });
    made.push({ kind: "link", text: link, href: link });
    at = match.index + link.length;
  }
  if (at < text.length) made.push({ kind: "text", text: text.slice(at) });
  return made;
}

/** Without the full stop, comma or closing bracket that belongs to the sentence. */
function trimmed(candidate: string): string {
  let link = candidate;
  for (;;) {
    const last = link.at(-1) ?? "";
    if (/[.,;:!?…»”’]/u.test(last)) link = link.slice(0, -1);
    else if (last === ")" && count(link, "(") < count(link, ")")) link = link.slice(0, -1);
    else if (last === "]" && count(link, "[") < count(link, "]")) link = link.slice(0, -1);
    else return link;
  }
}

function isSafe(link: string): boolean {
  if (link.length > LONGEST) return false;
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return false;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return false;
  // A name before the @ is how one address pretends to be another.
  if (url.username !== "" || url.password !== "") return false;
  const host = /^https?:\/\/([^/?#:]*)/i.exec(link)?.[1] ?? "";
  return /^[a-z0-9.-]+$/i.test(host) && host.includes(".");
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

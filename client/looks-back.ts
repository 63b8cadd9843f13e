// SPDX-License-Identifier: AGPL-3.0-or-later
// Whether a listener meets the mirror when a talk ends: where both said yes; and once, after a talk with something to look back at, where nobody has
// been asked yet. Who said "not now" is not asked again before the page is opened anew.
import type { Talk } from "../features/conversations/screen/talk.ts";
import { sittingsOf } from "../features/reflections/screen/mirror.ts";
import { consentOf, type Consent } from "../features/reflections/screen/mirror-sealed.ts";

/** A greeting and a word or two need no looking back. */
const REPLIES_WORTH_IT = 5;
const offered = new Set<string>();

/** Between the two who talk: whoever else can read here has no say in it and never sees it. */
export function consentIn(talk: Talk): Consent {
  const own = talk.me.session.account;
  const others = talk.members.value.filter((m) => m.account !== own && (m.part === "client" || m.part === "listener"));
  return consentOf(talk.mirrors.value, own, others.map((m) => m.account));
}

export function looksBack(talk: Talk): boolean {
  const { mine, theirs } = consentIn(talk);
  if (mine === "yes") return theirs === "yes";
  if (mine === "no" || theirs === "no" || offered.has(talk.id)) return false;
  const replies = sittingsOf(talk.items.value).at(-1)?.turns.filter((turn) => turn.who === "listener").length ?? 0;
  if (replies < REPLIES_WORTH_IT) return false;
  offered.add(talk.id);
  return true;
}

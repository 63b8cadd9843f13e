// SPDX-License-Identifier: AGPL-3.0-or-later
// How a coming back goes, on both sides: what to do next, decided from what the place says. Pure.
import type { ReturnGoing, ReturnSeen } from "./wire.ts";

/** A code as it is said and typed: nine digits, whatever stands between them. null: not a code. */
export function codeFrom(typed: string): string | null {
  const digits = typed.replace(/[\s.\-\u2010-\u2015]/g, "");
  return /^\d{9}$/.test(digits) ? digits : null;
}

export function groupsOfThree(code: string): string {
  return code.replace(/(\d{3})(?=\d)/g, "$1 ");
}

export type Ended = "different" | "stopped" | "over";

/** Whoever comes back. */
export type ComerMove = { readonly do: "wait" } | { readonly do: "answer" } | { readonly do: "read" } | { readonly do: "enter" } | { readonly do: "end"; readonly why: Ended };

type Going = Pick<ReturnGoing, "state"> & Partial<Pick<ReturnGoing, "promise" | "reveal">>;

export function comerMove(going: Going, answered: boolean, read: boolean): ComerMove {
  switch (going.state) {
    case "done":
      return { do: "enter" };
    case "different":
    case "stopped":
      return { do: "end", why: going.state };
    case "offered":
    case "met":
      if (going.promise !== undefined && !answered) return { do: "answer" };
      if (going.reveal !== undefined && answered && !read) return { do: "read" };
      return { do: "wait" };
    default:
      return going.state satisfies never;
  }
}

/** The listener. A check that this page did not begin itself is begun anew: what it drew is gone with the other page. */
export type ListenerMove = { readonly do: "wait" } | { readonly do: "promise" } | { readonly do: "reveal" } | { readonly do: "lost_thread" } | { readonly do: "end"; readonly why: Ended } | { readonly do: "done" };

type Seen = Pick<ReturnSeen, "state"> & Partial<Pick<ReturnSeen, "promise" | "answer">>;

export function listenerMove(seen: Seen, promised: boolean, revealed: boolean): ListenerMove {
  switch (seen.state) {
    case "done":
      return { do: "done" };
    case "different":
    case "stopped":
      return { do: "end", why: seen.state };
    case "offered":
      return { do: "wait" };
    case "met":
      if (seen.promise === undefined) return { do: "promise" };
      if (!promised) return { do: "lost_thread" };
      return { do: seen.answer !== undefined && !revealed ? "reveal" : "wait" };
    default:
      return seen.state satisfies never;
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// The only list of screens, and which one somebody meets first. Pure.
import { listens, type Erased, type Role } from "../web/net/answers.ts";

export type Screen =
  | { readonly at: "home" }
  /** `instead`: the talk whose listener is let go once the new request stands. */
  | { readonly at: "asking"; readonly invitation: string | null; readonly instead?: string }
  | { readonly at: "waiting"; readonly conversation: string }
  | { readonly at: "room"; readonly conversation: string }
  | { readonly at: "after"; readonly conversation: string }
  | { readonly at: "mirror"; readonly conversation: string }
  | { readonly at: "keep" }
  | { readonly at: "renew" }
  | { readonly at: "things" }
  | { readonly at: "erase" }
  | { readonly at: "erased"; readonly receipt: Erased | null }
  | { readonly at: "sign_in" }
  | { readonly at: "come_back" }
  | { readonly at: "join"; readonly invitation: string };

/** What the address asked for when the page began. It is taken out of the address at once. */
export type Wish = { readonly is: "talk" } | { readonly is: "back" } | { readonly is: "listening" } | { readonly is: "invited"; readonly invitation: string };

export function wishFrom(path: string, hash: string, invitation: string | null): Wish {
  if (invitation !== null) return { is: "invited", invitation };
  if (hash === "#back") return { is: "back" };
  if (hash === "#listening" || path === "/join") return { is: "listening" };
  return { is: "talk" };
}

/** The first screen for somebody nobody knows yet. */
export function firstScreen(wish: Wish): Screen {
  switch (wish.is) {
    case "invited":
      return { at: "join", invitation: wish.invitation };
    case "back":
    case "listening":
      return { at: "sign_in" };
    case "talk":
      return { at: "home" };
    default:
      return wish satisfies never;
  }
}

export type Home = "asking" | "my_place" | "waiting" | "today" | "administrator" | "supervisor" | "keep_first";

/** Where somebody who is here lives. */
export function homeOf(role: Role, recovering: boolean, recordKind: string, waiting: boolean, conversations: number): Home {
  if (recovering) return "keep_first";
  if (role === "admin" || role === "supervisor" || listens(role)) {
    // Staff begin with a password: their keys must not live on one device alone.
    if (recordKind === "device") return "keep_first";
    return role === "admin" ? "administrator" : role === "supervisor" ? "supervisor" : "today";
  }
  if (waiting) return "waiting";
  return conversations > 0 ? "my_place" : "asking";
}

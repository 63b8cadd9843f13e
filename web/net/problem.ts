// SPDX-License-Identifier: AGPL-3.0-or-later
// What went wrong, as a value. The code is the place's stable word (RFC 9457 problem), or one of ours for what
// happened before a place answered.

export type Trouble =
  | { readonly what: "offline" }
  | { readonly what: "signed_out" }
  | { readonly what: "not_there" }
  | { readonly what: "slow_down" }
  | { readonly what: "place_trouble"; readonly status: number }
  | { readonly what: "refused"; readonly status: number; readonly code: string; readonly more: Readonly<Record<string, unknown>> };

/** Thrown by every call in web/net and nowhere else; `trouble` says what a screen may do about it. */
export class PlaceError extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.what === "refused" ? trouble.code : trouble.what);
    this.name = "PlaceError";
    this.trouble = trouble;
  }
}

export function troubleOf(error: unknown): Trouble | null {
  return error instanceof PlaceError ? error.trouble : null;
}

/** The code of a refusal, or null for any other trouble. */
export function refusal(error: unknown): string | null {
  const trouble = troubleOf(error);
  return trouble?.what === "refused" ? trouble.code : null;
}

/** What an answer that is no success means. The body may be anything. */
export function troubleFrom(status: number, body: unknown): Trouble {
  const members: Record<string, unknown> = typeof body === "object" && body !== null ? { ...body } : {};
  const code = typeof members["code"] === "string" ? members["code"] : "";
  if (status === 401) return { what: "signed_out" };
  if (status === 404) return { what: "not_there" };
  if (status === 429 && (code === "" || code === "slow_down" || code === "too_many_requests")) return { what: "slow_down" };
  if (status >= 500 || code === "") return { what: "place_trouble", status };
  return { what: "refused", status, code, more: members };
}

/** Worth trying again by itself, a little later. */
export function passes(trouble: Trouble): boolean {
  switch (trouble.what) {
    case "offline":
    case "slow_down":
    case "place_trouble":
      return true;
    case "signed_out":
    case "not_there":
    case "refused":
      return false;
    default:
      return trouble satisfies never;
  }
}

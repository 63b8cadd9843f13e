// SPDX-License-Identifier: AGPL-3.0-or-later
// When to try again. Full jitter: after a restart a thousand devices must not come back in the same second.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before try number `tries` (0 is the first try after a loss). `chance` is in [0, 1). */
export function waitBefore(tries: number, chance: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
  return Math.floor(FIRST_MS / 2 + chance * (ceiling - FIRST_MS / 2));
}

export type AfterClose = "again" | "read_log_and_again" | "signed_out" | "other_tabs";

/** What a close code asks of us (docs/interface.md). */
export function afterClose(code: number): AfterClose {
  switch (code) {
    case 4001:
      return "signed_out";
    case 4002:
      return "read_log_and_again";
    case 4003:
      return "other_tabs";
    default:
      return "again";
  }
}

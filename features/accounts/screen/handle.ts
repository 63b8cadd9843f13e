// SPDX-License-Identifier: AGPL-3.0-or-later

/** A sign-in name as people type it. */
export function handleFrom(typed: string): string {
  return typed.trim().toLowerCase().replace(/[\s_\u2010-\u2015]+/g, "-");
}

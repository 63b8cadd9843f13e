// SPDX-License-Identifier: AGPL-3.0-or-later
// Bytes as they travel in JSON: base64url without padding.

export function toText(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** null for what is no base64url without padding: a wrong character, a leftover bit, a sign of padding. */
export function fromText(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return toText(bytes) === text ? bytes : null;
}

/** A body as JSON will carry it: bytes become text, whatever was not said is left out. */
export function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return toText(value);
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) made[name] = encoded(member);
  }
  return made;
}

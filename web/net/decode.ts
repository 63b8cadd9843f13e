// SPDX-License-Identifier: AGPL-3.0-or-later
// Small decoders, put together to say what an answer looks like. What comes from outside is unknown until one of these
// has passed it. Members an answer has more than we know are left aside: a newer place may say more.
import { fromText } from "./bytes.ts";
import { ShapeError, type Decoder } from "./http.ts";

type Members = Readonly<Record<string, Decoder<unknown>>>;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

export const text: Decoder<string> = (value) => {
  if (typeof value !== "string") throw new ShapeError("no text");
  return value;
};

export const whole: Decoder<number> = (value) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new ShapeError("no whole number");
  return value;
};

export const yesNo: Decoder<boolean> = (value) => {
  if (typeof value !== "boolean") throw new ShapeError("no yes or no");
  return value;
};

export const bytes: Decoder<Uint8Array<ArrayBuffer>> = (value) => {
  const decoded = typeof value === "string" ? fromText(value) : null;
  if (decoded === null) throw new ShapeError("no bytes");
  return decoded;
};

export const nothing: Decoder<null> = () => null;

/** Missing and null are the same: not said. */
export function maybe<T>(decode: Decoder<T>): Decoder<T | undefined> {
  return (value) => (value === undefined || value === null ? undefined : decode(value));
}

export function list<T>(decode: Decoder<T>): Decoder<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError("no list");
    return value.map(decode);
  };
}

export function oneOf<T extends string>(...words: readonly T[]): Decoder<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ShapeError("an unknown word");
    return found;
  };
}

export function shape<M extends Members>(members: M): Decoder<{ readonly [K in keyof M]: Decoded<M[K]> }> {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ShapeError("no object");
    const from: Record<string, unknown> = { ...value };
    const made: Record<string, unknown> = {};
    for (const [name, decode] of Object.entries(members)) {
      try {
        made[name] = decode(from[name]);
      } catch (error) {
        throw error instanceof ShapeError ? new ShapeError(`${name}: ${error.message}`) : error;
      }
    }
    return made as { readonly [K in keyof M]: Decoded<M[K]> };
  };
}

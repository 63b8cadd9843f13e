// SPDX-License-Identifier: AGPL-3.0-or-later
// What stands inside a message: kind and content, as docs/interface.md ("Inside a message") and vault/vault.h say.
import { BridgeError } from "../rpc.ts";
import { Reader, Writer, utf8, toUtf8 } from "./codec.ts";
import type { Files } from "./files.ts";
import type { Body, Bytes } from "./types.ts";

const TEXT_KINDS = { text: 1, name: 2, excerpt: 7, journal: 8, measure: 9, note: 10, mirror: 11, plan: 12, why: 13 } as const;
const FILE = 3;
const FEEDBACK = 4;
const OPENING = 5;
const SPOKEN = 6;
const RANDOM_BYTES = 32;
const NAME_MAX = 64;
const CONTENT_MAX = 16373; // VAULT_CONTENT_MAX

type TextKind = keyof typeof TEXT_KINDS;
type Plain = { kind: number; content: Bytes };

function written(write: (w: Writer) => unknown): Bytes {
  const buffer = new Uint8Array(CONTENT_MAX);
  const w = new Writer(buffer);
  write(w);
  return buffer.slice(0, w.length);
}

export function bodyToPlain(body: Body, files: Files): Plain {
  switch (body.kind) {
    case "file":
      return { kind: FILE, content: files.reveal(body.file) };
    case "feedback":
      return { kind: FEEDBACK, content: written((w) => w.u8(body.answer).restText(body.text)) };
    case "opening": {
      const name = toUtf8(body.name);
      if (name.length > NAME_MAX) throw new BridgeError("too_much");
      return { kind: OPENING, content: written((w) => w.u8(body.wish).u8(body.channel).short(name).restText(body.text)) };
    }
    case "spoken":
      return { kind: SPOKEN, content: written((w) => w.u8(body.step).fixed(body.value, RANDOM_BYTES)) };
    case "unknown":
      throw new BridgeError("bad"); // what this page does not understand it does not pass on
    default:
      return { kind: TEXT_KINDS[body.kind], content: toUtf8(body.text) };
  }
}

function oneOfThree(value: number): 0 | 1 | 2 {
  if (value === 0 || value === 1 || value === 2) return value;
  throw new BridgeError("bad");
}

function step(value: number): 1 | 2 | 3 {
  if (value === 1 || value === 2 || value === 3) return value;
  throw new BridgeError("bad");
}

/** Content that is not made as agreed is "unknown": authentic, but nothing a screen could show. */
export function bodyFromPlain(kind: number, content: Bytes, files: Files): Body {
  try {
    const r = new Reader(content);
    switch (kind) {
      case FILE:
        return { kind: "file", file: files.describe(content) };
      case FEEDBACK:
        return { kind: "feedback", answer: oneOfThree(r.u8()), text: r.restText() };
      case OPENING:
        return {
          kind: "opening",
          wish: oneOfThree(r.u8()),
          channel: r.u8(),
          name: utf8(r.bytes(r.u8())),
          text: r.restText(),
        };
      case SPOKEN: {
        const body: Body = { kind: "spoken", step: step(r.u8()), value: r.bytes(RANDOM_BYTES) };
        return r.left === 0 ? body : { kind: "unknown", number: kind };
      }
      default: {
        const name = textKind(kind);
        return name === undefined ? { kind: "unknown", number: kind } : { kind: name, text: utf8(content) };
      }
    }
  } catch {
    return { kind: "unknown", number: kind };
  }
}

function textKind(kind: number): TextKind | undefined {
  for (const [name, number] of Object.entries(TEXT_KINDS)) {
    if (number === kind) return name as TextKind;
  }
  return undefined;
}

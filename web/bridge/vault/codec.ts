// SPDX-License-Identifier: AGPL-3.0-or-later
// How a question to vault.wasm is written and its answer read: big-endian, lengths before what varies, as base/slice.h
// does it on the other side. 64-bit values are 8 bytes here, never a WASM i64.
import { BridgeError } from "../rpc.ts";
import type { Bytes, Id } from "./types.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export class Writer {
  #at = 0;
  readonly #view: DataView;

  /** Writes straight into the module's memory: what is secret is never copied on the way. */
  constructor(private readonly into: Uint8Array) {
    this.#view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  }

  get length(): number {
    return this.#at;
  }

  #room(n: number): number {
    const at = this.#at;
    if (at + n > this.into.length) throw new BridgeError("too_much");
    this.#at += n;
    return at;
  }

  u8(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 255) throw new BridgeError("bad");
    this.#view.setUint8(this.#room(1), value);
    return this;
  }

  u32(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new BridgeError("bad");
    this.#view.setUint32(this.#room(4), value);
    return this;
  }

  u53(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new BridgeError("bad");
    const at = this.#room(8);
    this.#view.setUint32(at, Math.floor(value / 0x1_0000_0000));
    this.#view.setUint32(at + 4, value % 0x1_0000_0000);
    return this;
  }

  /** Exactly n bytes. */
  fixed(bytes: Uint8Array, n: number): this {
    if (bytes.length !== n) throw new BridgeError("bad");
    return this.rest(bytes);
  }

  id(id: Id): this {
    const bytes = fromText(id);
    return this.fixed(bytes, 16);
  }

  short(bytes: Uint8Array): this {
    return this.u8(bytes.length).rest(bytes);
  }

  long(bytes: Uint8Array): this {
    return this.u32(bytes.length).rest(bytes);
  }

  shortText(text: string): this {
    return this.short(encoder.encode(text));
  }

  /** Without a length: only as the last thing. */
  rest(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.into.set(bytes, at);
    return this;
  }

  restText(text: string): this {
    return this.rest(encoder.encode(text));
  }
}

export class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly from: Uint8Array) {
    this.#view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  }

  get left(): number {
    return this.from.length - this.#at;
  }

  #step(n: number): number {
    const at = this.#at;
    if (at + n > this.from.length) throw new BridgeError("bad");
    this.#at += n;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4));
  }

  u53(): number {
    const at = this.#step(8);
    return this.#view.getUint32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
  }

  /** A copy: it outlives the module's buffer. */
  bytes(n: number): Bytes {
    const at = this.#step(n);
    return this.from.slice(at, at + n) as Bytes;
  }

  id(): Id {
    return toText(this.bytes(16));
  }

  long(): Bytes {
    return this.bytes(this.u32());
  }

  rest(): Bytes {
    return this.bytes(this.left);
  }

  restText(): string {
    return utf8(this.rest());
  }
}

export function sameBytes(one: Uint8Array, two: Uint8Array): boolean {
  return one.length === two.length && one.every((byte, at) => byte === two[at]);
}

/** Text that is proper UTF-8, or a refusal. */
export function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BridgeError("bad");
  }
}

export function toUtf8(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

export function toText(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromText(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new BridgeError("bad");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  if (toText(bytes) !== text) throw new BridgeError("bad");
  return bytes;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeError } from "../rpc.ts";
import { bodyFromPlain, bodyToPlain } from "./bodies.ts";
import { fromText, Reader, toText, Writer } from "./codec.ts";
import type { Files } from "./files.ts";
import type { Body, Bytes } from "./types.ts";

const bad = (error: unknown): boolean => error instanceof BridgeError && error.code === "bad";
const writer = (n = 64): { w: Writer; bytes: Uint8Array } => {
  const bytes = new Uint8Array(n);
  return { w: new Writer(bytes), bytes };
};

test("numbers that do not fit their field are refused", () => {
  for (const value of [-1, 256, 1.5, Number.NaN]) assert.throws(() => writer().w.u8(value), bad);
  for (const value of [-1, 2 ** 32, 0.5]) assert.throws(() => writer().w.u32(value), bad);
  for (const value of [-1, 2 ** 53, 1.5, Number.POSITIVE_INFINITY]) assert.throws(() => writer().w.u53(value), bad);
});

test("bytes of another length, ids that are no ids, and what is too long for the buffer are refused", () => {
  assert.throws(() => writer().w.fixed(new Uint8Array(31), 32), bad);
  for (const id of ["", "AAAA", "A".repeat(21), `${"A".repeat(21)}B`, "A".repeat(43)]) assert.throws(() => writer().w.id(id), bad);
  assert.throws(() => writer(4).w.rest(new Uint8Array(5)), (error) => error instanceof BridgeError && error.code === "too_much");
});

test("an answer that is too short is refused", () => {
  assert.throws(() => new Reader(new Uint8Array(3)).u32(), bad);
  assert.throws(() => new Reader(Uint8Array.of(0, 0, 0, 9, 1)).long(), bad);
});

test("what is written is read again", () => {
  const { w, bytes } = writer();
  const id = toText(Uint8Array.from({ length: 16 }, (_, i) => 250 - i));
  w.u8(255).u32(0xfedcba98).u53(2 ** 53 - 1).id(id).long(Uint8Array.of(1, 2)).restText("ü");
  const r = new Reader(bytes.subarray(0, w.length));
  assert.deepEqual([r.u8(), r.u32(), r.u53(), r.id()], [255, 0xfedcba98, 2 ** 53 - 1, id]);
  assert.deepEqual(r.long(), Uint8Array.of(1, 2));
  assert.equal(r.restText(), "ü");
  assert.equal(r.left, 0);
});

test("base64url has one spelling", () => {
  for (const text of ["AA==", "A", "AB", "A+", "A A"]) assert.throws(() => fromText(text), bad, text);
  assert.equal(toText(fromText("-_8")), "-_8");
});

const noFiles = { describe: () => assert.fail(), reveal: () => assert.fail() } as unknown as Files;

test("every kind of body survives the way there and back", () => {
  const bodies: Body[] = [
    { kind: "text", text: "I just lie there — till four." },
    { kind: "name", text: "Mo" },
    { kind: "feedback", answer: 2, text: "" },
    { kind: "opening", wish: 1, channel: 0, name: "Mo", text: "I cannot sleep." },
    { kind: "spoken", step: 2, value: new Uint8Array(32).fill(7) as Bytes },
    { kind: "plan", text: "{}" },
    { kind: "why", text: "Ana goes on holiday." },
  ];
  for (const body of bodies) {
    const { kind, content } = bodyToPlain(body, noFiles);
    assert.deepEqual(bodyFromPlain(kind, content, noFiles), body);
  }
});

test("content that is not made as agreed is unknown, never half shown", () => {
  const unknown = (kind: number, ...content: number[]): void =>
    assert.deepEqual(bodyFromPlain(kind, Uint8Array.from(content), noFiles), { kind: "unknown", number: kind });
  unknown(1, 0xff, 0xfe); // no UTF-8
  unknown(4); // no answer
  unknown(4, 3); // no such answer
  unknown(5, 0, 0, 9, 65); // a name longer than what is there
  unknown(6, 1, 2, 3); // too short
  unknown(6, ...Array.from({ length: 34 }, () => 1)); // too long
  unknown(14, 65);
  unknown(200);
});

test("what this page does not understand it does not pass on, and a name has an end", () => {
  assert.throws(() => bodyToPlain({ kind: "unknown", number: 14 }, noFiles), bad);
  const name = "ñ".repeat(33);
  const long: Body = { kind: "opening", wish: 0, channel: 0, name, text: "" };
  assert.throws(() => bodyToPlain(long, noFiles), (error) => error instanceof BridgeError && error.code === "too_much");
});

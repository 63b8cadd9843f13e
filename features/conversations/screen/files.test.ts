// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { isImage, savedAs, sizeWords } from "./files.ts";

test("nothing that a browser might run is shown or saved under its own type", () => {
  for (const type of ["image/svg+xml", "text/html", "application/xhtml+xml", "text/javascript", "application/xml", "", "image/png; x"]) {
    assert.equal(isImage(type), false, type);
    assert.equal(savedAs(type), "application/octet-stream", type);
  }
});

test("photos are shown", () => assert.ok(isImage("image/jpeg") && isImage("IMAGE/PNG")));

test("sizes are said shortly", () => {
  assert.equal(sizeWords(999, "en"), "999 byte");
  assert.equal(sizeWords(2_400_000, "en"), "2.4 MB");
  assert.equal(sizeWords(2_400_000, "de"), "2,4 MB");
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// Each rule of the layer check, broken on purpose.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkC, checkTs, circles } from "./layers.mjs";

const c = (path, include) => checkC(path, `#include ${include}\n`).length;
const ts = (path, spec) => checkTs(path, `import { x } from "${spec}";\n`).length;

test("what may be looked at is let through", () => {
  assert.equal(c("store/writer.c", '"base/arena.h"'), 0);
  assert.equal(c("features/accounts/accounts.c", '"vault/public.h"'), 0);
  assert.equal(c("features/conversations/routes.c", '"features/accounts/accounts.h"'), 0);
  assert.equal(c("cli/replay.c", '"vault/vault.h"'), 0);
  assert.equal(ts("features/accounts/screen/keep.tsx", "../../../web/kit/button"), 0);
});

test("kits and libraries do not look at each other", () => {
  assert.equal(c("store/writer.c", '"wire/wire.h"'), 1);
  assert.equal(c("vault/seal.c", '"store/store.h"'), 1);
  assert.equal(c("listening/engine.c", '"vault/vault.h"'), 1);
  assert.equal(c("base/slice.c", '"store/store.h"'), 1);
  assert.equal(c("wire/head.c", "<sqlite3.h>"), 1);
  assert.equal(c("live/live.c", "<event2/event.h>"), 1);
});

test("the server and its features see only the public part of the vault", () => {
  assert.equal(c("server/main.c", '"vault/vault.h"'), 1);
  assert.equal(c("features/accounts/accounts.c", '"vault/vault.h"'), 1);
});

test("a feature sees only the face of another", () => {
  assert.equal(c("features/conversations/routes.c", '"features/accounts/sessions.h"'), 1);
  assert.equal(c("features/conversations/routes.c", '"server/config.h"'), 1);
});

test("includes are written from the top", () => {
  assert.equal(c("store/writer.c", '"writer.h"'), 1);
  assert.equal(c("store/writer.c", '"../base/arena.h"'), 1);
});

test("a screen does not look at the client or at another screen, the listening bridge at no wire", () => {
  assert.equal(ts("features/accounts/screen/keep.tsx", "../../conversations/screen/thread"), 1);
  assert.equal(ts("features/accounts/screen/keep.tsx", "../../../client/main"), 1);
  assert.equal(ts("web/kit/button.tsx", "../../features/accounts/screen/keep"), 1);
  assert.equal(ts("web/bridge/listening/worker.ts", "../../net/http"), 1);
});

test("a circle of features is found", () => {
  const edges = new Map([
    ["a", new Set(["b"])],
    ["b", new Set(["c"])],
    ["c", new Set(["a"])],
  ]);
  assert.ok(circles(edges).length > 0);
  assert.equal(circles(new Map([["a", new Set(["b"])]])).length, 0);
});

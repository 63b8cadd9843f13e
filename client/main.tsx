// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the page begins.
import "../web/tokens.css";
import "../web/kit/reset.css";
import "../web/kit/kit.css";
import { render } from "preact";
import { registerServiceWorker } from "../web/bridge/workers.ts";
import { invitationIn } from "../features/invitations/screen/invitation.ts";
import { watchForLeaving, wipeOnLeave } from "../web/kit/leaving.ts";
import { loadPreferences, preferences } from "../web/kit/preferences.ts";
import { Router } from "../web/kit/router.ts";
import { forgetDevice } from "../web/bridge/vault/device.ts";
import { forgetKept } from "../web/bridge/vault/kept_store.ts";
import { watchForIdle } from "../web/net/idle.ts";
import { vanish, warmUp } from "../web/net/me.ts";
import { learn } from "../web/words/load.ts";
import { App, lookAround } from "./app.tsx";
import { firstScreen, wishFrom, type Screen } from "./screens.ts";

const KEEP_PAGE_AFTER_MS = 6000;

async function begin(): Promise<void> {
  // First of all: what stands behind the # leaves the address (the router writes it anew without).
  const wish = wishFrom(location.pathname, location.hash, invitationIn(location.hash));
  const router = new Router<Screen>(firstScreen(wish));
  // Somebody opened an invitation while the page stood: begin again with it.
  window.addEventListener("hashchange", () => location.reload());
  watchForLeaving();
  wipeOnLeave(forgetDevice);
  wipeOnLeave(forgetKept);
  wipeOnLeave(vanish);
  watchForIdle();
  loadPreferences();
  void lookAround(); // the line is slow: asked while the words come
  await learn(preferences.peek().language);
  warmUp();
  const root = document.getElementById("app");
  if (root !== null) render(<App router={router} wish={wish} />, root);
  // Kept for the moment without a network; not in the first seconds, when the line is needed for arriving. A browser that refuses
  // shows the same page, only not offline.
  if ("serviceWorker" in navigator) setTimeout(() => void registerServiceWorker().catch(() => undefined), KEEP_PAGE_AFTER_MS);
}

void begin();

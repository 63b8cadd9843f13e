// SPDX-License-Identifier: AGPL-3.0-or-later
// The page to try the listening engine: without an account, without the place's answers, and without anything that is kept.
import "../web/tokens.css";
import "../web/kit/reset.css";
import "../web/kit/kit.css";
import { render } from "preact";
import { TryIt } from "../features/reflections/screen/try-it.tsx";
import { keepParts } from "../web/bridge/listening/listening.ts";
import { registerServiceWorker } from "../web/bridge/workers.ts";
import { watchForLeaving } from "../web/kit/leaving.ts";
import { loadPreferences, preferences } from "../web/kit/preferences.ts";
import { learn, learnAll } from "../web/words/load.ts";
import { t } from "../web/words/words.ts";
import { Frame } from "./frame.tsx";

let kept = false;

/** The engine is here: from now on the page is to work without a network. A browser that refuses shows the same page, only not offline. */
async function keepForOffline(): Promise<void> {
  if (kept || !("serviceWorker" in navigator)) return;
  kept = true;
  await registerServiceWorker();
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller === null) {
    await new Promise((taken) => navigator.serviceWorker.addEventListener("controllerchange", taken, { once: true }));
  }
  await keepParts();
  document.documentElement.dataset["offline"] = "ready";
}

async function begin(): Promise<void> {
  watchForLeaving();
  loadPreferences();
  await learn(preferences.peek().language);
  await learnAll();
  document.title = t("try.title");
  const root = document.getElementById("app");
  if (root === null) return;
  render(
    <Frame name={t("front.title")} country={null}>
      <TryIt onFetched={() => void keepForOffline().catch(() => (kept = false))} />
    </Frame>,
    root,
  );
}

void begin();

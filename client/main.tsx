// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the page begins.
import "../web/tokens.css";
import "../web/kit/reset.css";
import "../web/kit/kit.css";
import { render } from "preact";
import { watchForLeaving } from "../web/kit/leaving.ts";
import { loadPreferences, preferences } from "../web/kit/preferences.ts";
import { learn } from "../web/words/load.ts";
import { Frame } from "./frame.tsx";

async function begin(): Promise<void> {
  watchForLeaving();
  loadPreferences();
  await learn(preferences.peek().language);
  const root = document.getElementById("app");
  if (root !== null) render(<Frame name="Hearken" country={null}>{null}</Frame>, root);
}

void begin();

// SPDX-License-Identifier: AGPL-3.0-or-later
// What the front page gains where there is script: a Leave that leaves no step back, Escape three times, and the look a
// person chose. Everything else on it works without.
import { loadPreferences } from "../web/kit/preferences.ts";
import { leaveNow, watchForLeaving } from "../web/kit/leaving.ts";

loadPreferences();
watchForLeaving();
document.getElementById("leave")?.addEventListener("click", (event) => {
  event.preventDefault();
  leaveNow();
});

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

// The country that this browser's languages name stands open, so that a number is one press away.
const countries = [...document.querySelectorAll<HTMLDetailsElement>("details[data-country]")];
const likely = navigator.languages.map((tag) => tag.split("-")[1]?.toUpperCase()).find((code) => countries.some((c) => c.dataset["country"] === code));
for (const country of countries) if (country.dataset["country"] === likely) country.open = true;

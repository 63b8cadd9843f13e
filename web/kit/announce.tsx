// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from "@preact/signals";

const said = signal("");

/** Says this once to those who hear the page. The same words twice are two announcements: the region is emptied between. */
export function announce(words: string): void {
  said.value = "";
  setTimeout(() => {
    said.value = words;
  }, 60);
}

/** The one polite live region of the page. */
export function Announcer() {
  return (
    <p class="only-heard" role="status" aria-live="polite" aria-atomic="true" id="announcer">
      {said.value}
    </p>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// The door to help: on the frame of every screen, and on every dialog that covers it.
import { signal } from "@preact/signals";
import { t } from "../words/words.ts";

/** The numbers to call are open; the frame shows them over whatever stands. */
export const helpOpen = signal(false);

/** When help was last opened on this page, 0 if never: whoever is beside a person then is left in peace by everything else. */
export const helpOpenedAt = signal(0);

function openHelp(): void {
  helpOpenedAt.value = performance.now();
  helpOpen.value = true;
}

export function HelpButton() {
  return (
    <button type="button" class="button button-help button-slim" onClick={openHelp}>
      {t("crisis.button")}
    </button>
  );
}

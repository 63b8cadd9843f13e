// SPDX-License-Identifier: AGPL-3.0-or-later
// What stands around every screen: the place's name, help, leaving, and the voice for those who hear the page.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { lazy, Mended } from "../web/kit/lazy.tsx";
import { Announcer } from "../web/kit/announce.tsx";
import { HelpButton, helpOpen } from "../web/kit/help.tsx";
import { LeaveButton } from "../web/kit/leave.tsx";
import { t } from "../web/words/words.ts";

const CrisisPanel = lazy(() => import("../features/safety/screen/crisis-panel.tsx").then((m) => m.CrisisPanel));
const PreferencesDialog = lazy(() => import("./preferences-dialog.tsx").then((m) => m.PreferencesDialog));

interface FrameProps {
  readonly name: string;
  readonly country: string | null;
  readonly children: ComponentChildren;
}

export function Frame({ name, country, children }: FrameProps) {
  const choosing = useSignal(false);
  return (
    <>
      <a class="skip" href="#content">
        {t("kit.skip_to_content")}
      </a>
      <div class="frame">
        <header class="frame-head">
          <span class="frame-name frame-name-app">{name}</span>
          <div class="frame-doors">
            <button type="button" class="button button-slim" aria-label={t("preferences.button")} title={t("preferences.button")} onClick={() => (choosing.value = true)}>
              <svg width="24" height="18" viewBox="0 0 24 18" aria-hidden="true" focusable="false">
                <path d="M1 16 6.500 2h1.200L13 16M3 11.500h8M15 16l3.300-8.500h.9L22.500 16M16.200 13h5" fill="none" stroke="currentColor" stroke-width="1.700" />
              </svg>
            </button>
            <HelpButton />
            <LeaveButton />
          </div>
        </header>
        <main class="frame-main" id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Announcer />
      <Mended>
        {choosing.value ? <PreferencesDialog onClose={() => (choosing.value = false)} /> : null}
        {helpOpen.value ? <CrisisPanel placeCountry={country} onClose={() => (helpOpen.value = false)} /> : null}
      </Mended>
    </>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Dialog } from "../web/kit/dialog.tsx";
import { Choice } from "../web/kit/field.tsx";
import { TEXTS, prefer, preferences } from "../web/kit/preferences.ts";
import { listens } from "../web/net/answers.ts";
import { here } from "../web/net/me.ts";
import { learn } from "../web/words/load.ts";
import { t, type Language } from "../web/words/words.ts";

export function PreferencesDialog({ onClose }: { readonly onClose: () => void }) {
  const now = preferences.value;
  const standing = here.value;
  const speakFromNow = (language: Language): void => {
    prefer({ language });
    void learn(language);
  };
  return (
    <Dialog title={t("preferences.title")} onClose={onClose}>
      <Choice
        legend={t("preferences.language")}
        name="language"
        value={now.language}
        onValue={speakFromNow}
        options={[
          { value: "en", words: t("preferences.language_en") },
          { value: "de", words: t("preferences.language_de") },
          { value: "de-formal", words: t("preferences.language_de_formal") },
        ]}
      />
      <Choice
        legend={t("preferences.theme")}
        name="theme"
        value={now.theme}
        onValue={(theme) => prefer({ theme })}
        options={[
          { value: "device", words: t("preferences.theme_device") },
          { value: "light", words: t("preferences.theme_light") },
          { value: "dark", words: t("preferences.theme_dark") },
        ]}
      />
      <Choice
        legend={t("preferences.text")}
        name="text"
        value={now.text}
        onValue={(text) => prefer({ text })}
        options={TEXTS.map((percent) => ({ value: percent, words: t("preferences.text_size", { percent }) }))}
      />
      <Tick words={t("preferences.contrast")} ticked={now.contrast === "more"} onTick={(on) => prefer({ contrast: on ? "more" : "device" })} />
      <Tick words={t("preferences.motion")} ticked={now.motion === "none"} onTick={(on) => prefer({ motion: on ? "none" : "device" })} />
      <Tick words={t("preferences.data")} ticked={now.data === "low"} onTick={(on) => prefer({ data: on ? "low" : "normal" })} />
      {standing.is === "here" && listens(standing.me.session.role) ? (
        <Tick words={t("preferences.hints")} ticked={now.hints === "on"} onTick={(on) => prefer({ hints: on ? "on" : "off" })} />
      ) : null}
      <p class="muted small">{t("preferences.kept")}</p>
    </Dialog>
  );
}

function Tick({ words, ticked, onTick }: { readonly words: string; readonly ticked: boolean; readonly onTick: (on: boolean) => void }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={ticked} onChange={(e) => onTick(e.currentTarget.checked)} />
      <span>{words}</span>
    </label>
  );
}

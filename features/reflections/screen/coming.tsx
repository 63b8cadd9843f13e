// SPDX-License-Identifier: AGPL-3.0-or-later
// The engine is large and comes late: how far it has come, for eyes and ears.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../../web/words/words.ts";
import { listening } from "./engine.ts";

export function Coming() {
  const part = useSignal<number | null>(null);
  useEffect(() => listening().watch((standing) => (part.value = standing.is === "coming" ? standing.part : null)), []);
  return (
    <p role="status" class="stack-close">
      <span>{part.value === null ? t("mirror.looking") : t("mirror.coming")}</span>
      {part.value === null ? <progress aria-label={t("mirror.looking")} /> : <progress value={part.value} max={1} aria-label={t("mirror.coming")} />}
    </p>
  );
}

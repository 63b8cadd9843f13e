// SPDX-License-Identifier: AGPL-3.0-or-later
// What the place is called, where it is, when it is open, and how soon somebody answers. The first thing an administrator does.
import { useSignal } from "@preact/signals";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import type { Place } from "../../../web/net/answers.ts";
import { askNothing } from "../../../web/net/http.ts";
import { readPlace } from "../../../web/net/place.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { locale, t } from "../../../web/words/words.ts";
import { changeFrom, formFrom, minutesText, type PlaceFormValues } from "./place-form.ts";
import "./place-form.css";

export function PlaceForm({ place }: { readonly place: Place }) {
  const values = useSignal<PlaceFormValues>(formFrom(place));
  const said = useSignal<{ readonly good: boolean; readonly words: string } | null>(null);
  const busy = useSignal(false);
  const set = (change: Partial<PlaceFormValues>): void => {
    values.value = { ...values.value, ...change };
  };
  const save = async (): Promise<void> => {
    const change = changeFrom(values.value);
    if (typeof change === "string") return void (said.value = { good: false, words: t(`place.wrong_${change}`) });
    busy.value = true;
    try {
      await askNothing({ method: "PUT", path: "/api/place", body: change });
      await readPlace();
      said.value = { good: true, words: t("place.saved") };
    } catch (error) {
      said.value = { good: false, words: troubleWords(error) };
    } finally {
      busy.value = false;
    }
  };
  const now = values.value;
  return (
    <form class="card" aria-labelledby="place" onSubmit={(e) => (e.preventDefault(), void save())}>
      <h2 id="place">{t("place.title")}</h2>
      {said.value === null ? null : <Banner look={said.value.good ? "plain" : "warm"}>{said.value.words}</Banner>}
      <Field label={t("place.name")} value={now.name} onValue={(name) => set({ name })} maxLength={80} required />
      <Field label={t("place.language")} hint={t("place.language_hint")} value={now.language} onValue={(language) => set({ language })} maxLength={35} required />
      <Field label={t("place.country")} hint={t("place.country_hint")} value={now.country} onValue={(country) => set({ country })} maxLength={2} required />
      <Field label={t("place.zone")} hint={t("place.zone_hint")} value={now.timeZone} onValue={(timeZone) => set({ timeZone })} maxLength={64} required />
      <Field label={t("place.promise")} hint={t("place.promise_hint")} type="number" value={now.promise} onValue={(promise) => set({ promise })} required />
      <Field label={t("place.retention")} hint={t("place.retention_hint")} type="number" value={now.retention} onValue={(retention) => set({ retention })} required />
      <fieldset class="stack-close">
        <legend class="field-label">{t("place.hours")}</legend>
        {now.days.map((day, weekday) => (
          <div key={weekday} class="row">
            <label class="choice">
              <input
                type="checkbox"
                checked={day.open}
                onChange={(e) => set({ days: now.days.map((d, i) => (i === weekday ? { ...d, open: e.currentTarget.checked } : d)) })}
              />
              <span>{weekdayName(weekday)}</span>
            </label>
            {day.open ? (
              <>
                <TimeField label={t("place.from", { day: weekdayName(weekday) })} value={day.from} onValue={(from) => set({ days: now.days.map((d, i) => (i === weekday ? { ...d, from } : d)) })} />
                <TimeField label={t("place.to", { day: weekdayName(weekday) })} value={day.to} onValue={(to) => set({ days: now.days.map((d, i) => (i === weekday ? { ...d, to } : d)) })} />
              </>
            ) : null}
          </div>
        ))}
      </fieldset>
      <Button look="primary" submit busy={busy.value}>
        {t("place.save")}
      </Button>
    </form>
  );
}

function TimeField({ label, value, onValue }: { readonly label: string; readonly value: number; readonly onValue: (minutes: number) => void }) {
  return (
    <input
      class="input time-input"
      type="time"
      aria-label={label}
      value={minutesText(value)}
      onInput={(e) => {
        const [h, m] = e.currentTarget.value.split(":").map(Number);
        if (h !== undefined && m !== undefined && Number.isFinite(h + m)) onValue(h * 60 + m);
      }}
    />
  );
}

function weekdayName(weekday: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + weekday));
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// The place lost words: it was restored from a backup, or it hides something. Reading goes on, sending rests until a person decides; then
// one's own lost words can be said again, one by one.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { place } from "../../../web/net/place.ts";
import { refusal } from "../../../web/net/problem.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { clockTime, dateAndTime } from "../../../web/words/when.ts";
import { locale, t } from "../../../web/words/words.ts";
import { Attach } from "./attach.tsx";
import { sizeWords } from "./files.ts";
import type { Parcel } from "./sending.ts";
import { safeName } from "./taking.ts";
import type { Open } from "./talks.ts";
import type { Item } from "./thread.ts";
import { postCommit } from "./wire.ts";

const KEPT_DAYS = 31;

export function Interrupted({ open, names }: { readonly open: Open; readonly names: (account: string) => string }) {
  const { talk, outbox } = open;
  const stopped = talk.view.value?.stops.includes("interrupted") === true;
  const goneOn = !stopped || talk.view.value?.resume_waits === true;
  const wasStopped = useSignal(false);
  const lost = useSignal<readonly Parcel[]>([]);
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const others = talk.missing.value.filter((item) => item.kind !== "line" && !item.mine);

  useEffect(() => {
    if (!stopped && !wasStopped.peek()) return;
    wasStopped.value = true;
    void outbox.lost(place.peek()?.retention_days ?? KEPT_DAYS).then((parcels) => (lost.value = parcels));
  }, [stopped, talk.missing.value]);
  if (!stopped && !wasStopped.value && others.length === 0) return null;

  const goOn = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      if (talk.view.peek()?.resume_waits === true) talk.view.value = await talk.me.vault.ask("acceptResume", { conversation: talk.id });
      else await resume();
      outbox.hindrance.value = { is: "nothing" };
      outbox.hurry();
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  const resume = async (): Promise<void> => {
    const commit = await talk.me.vault.ask("commit", { conversation: talk.id, kind: "resume", changes: [] });
    try {
      await postCommit(talk.id, commit);
    } catch (error) {
      if (refusal(error) !== "epoch_taken") throw error; // the other one was first: theirs is read
    }
    await talk.catchUp();
  };
  const again = (parcel: Parcel): void => {
    lost.value = lost.value.filter((p) => p.mid !== parcel.mid);
    void outbox.sayAgain(parcel);
  };
  const leave = (parcel: Parcel): void => {
    lost.value = lost.value.filter((p) => p.mid !== parcel.mid);
    void outbox.forgetLost(parcel);
  };

  return (
    <section class="card" aria-labelledby="interrupted">
      <h2 id="interrupted">{t("interrupted.title", { time: dateAndTime(goneOn && talk.lostAfterMs > 0 ? talk.lostAfterMs : talk.newestAtMs) })}</h2>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {stopped ? (
        <>
          <p>{talk.view.value?.resume_waits === true ? t("interrupted.went_on") : t("interrupted.what")}</p>
          <Button look="primary" wide busy={busy.value} onPress={() => void goOn()}>
            {t("interrupted.go_on")}
          </Button>
        </>
      ) : (
        <p>{t("interrupted.gone_on")}</p>
      )}
      {lost.value.length === 0 ? null : (
        <>
          <h3>{t("interrupted.mine")}</h3>
          <ul role="list" class="stack">
            {lost.value.map((parcel) => (
              <li key={parcel.mid} class="stack-close">
                <p dir="auto" class="keep-lines">
                  {wordsOf(parcel)}
                </p>
                {parcel.body.kind === "file" ? <p class="small muted">{t("interrupted.file_mine")}</p> : null}
                <div class="row">
                  {parcel.body.kind === "file" ? (
                    <Attach open={open} words={t("interrupted.attach")} look="plain" disabled={stopped} onTrouble={(words) => (trouble.value = words)} onSent={() => leave(parcel)} />
                  ) : (
                    <Button slim disabled={stopped} onPress={() => again(parcel)}>
                      {t("interrupted.again")}
                    </Button>
                  )}
                  <Button slim look="quiet" onPress={() => leave(parcel)}>
                    {t("interrupted.leave")}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      {others.length === 0 ? null : (
        <>
          <h3>{t("interrupted.others")}</h3>
          <ul role="list" class="stack-close">
            {others.map((item) => (
              <li key={item.key}>
                <span class="small muted">
                  {item.kind === "line" ? "" : names(item.from)} {clockTime(item.atMs)}
                </span>
                <p dir="auto" class="keep-lines">
                  {said(item)}
                </p>
                {item.kind === "file" ? <p class="small muted">{t("interrupted.file_theirs")}</p> : null}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function wordsOf(parcel: Parcel): string {
  const { body } = parcel;
  if (body.kind === "file") return `${safeName(body.file.name)} (${sizeWords(body.file.size, locale())})`;
  return body.kind === "text" || body.kind === "opening" ? body.text : "";
}

function said(item: Item): string {
  return item.kind === "words" ? item.text : item.kind === "file" ? item.file.name : "";
}

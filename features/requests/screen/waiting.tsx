// SPDX-License-Identifier: AGPL-3.0-or-later
// The waiting room: the true number, by when somebody answers, and what happens if nobody comes. One can go on writing.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { Draft } from "../../../web/net/draft.ts";
import type { Place } from "../../../web/net/answers.ts";
import type { Me } from "../../../web/net/me.ts";
import { link } from "../../../web/net/me.ts";
import { placeNow, readPlace } from "../../../web/net/place.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { byWhen, dateAndTime } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { answerBy, opening } from "./hours.ts";
import { myRequests, withdraw, type RequestSaid } from "./wire.ts";
import "./waiting.css";

interface WaitingProps {
  readonly me: Me;
  readonly place: Place | null;
  readonly conversation: string;
  /** Counts up when the place has news of a request, and after each connection. */
  readonly news: number;
  readonly onOpened: (conversation: string) => void;
  readonly onStopped: () => void;
  readonly onKeep: (() => void) | null;
}

const LOOK_AGAIN_MS = 20_000;

export function Waiting({ me, place, conversation, news, onOpened, onStopped, onKeep }: WaitingProps) {
  const request = useSignal<RequestSaid | null>(null);
  const trouble = useSignal<string | null>(null);
  const asked = useSignal(false);
  const draft = useMemo(() => new Draft(me.vault, `draft/${conversation}`), [conversation]);
  useEffect(() => {
    void draft.load();
    return () => draft.end();
  }, [draft]);

  const look = async (): Promise<void> => {
    try {
      const mine = (await myRequests()).find((r) => r.conversation === conversation) ?? null;
      trouble.value = null;
      if (mine?.state === "accepted") {
        await draft.keep();
        announce(t("waiting.opened"));
        onOpened(conversation);
        return;
      }
      request.value = mine;
      await readPlace();
    } catch (error) {
      trouble.value = troubleWords(error);
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [conversation, news]);
  useSignalEffect(() => {
    if (request.value !== null) announce(aheadWords(request.value));
  });

  const stop = async (): Promise<void> => {
    try {
      await withdraw(conversation);
      await draft.done();
      onStopped();
    } catch (error) {
      trouble.value = troubleWords(error);
    }
  };

  const now = request.value;
  if (now !== null && (now.state === "expired" || now.state === "withdrawn")) {
    return (
      <div class="sheet">
        <h1>{t("waiting.over_title")}</h1>
        <p>{now.state === "expired" ? t("waiting.expired") : t("waiting.withdrawn")}</p>
        <Button look="primary" onPress={onStopped}>
          {t("waiting.ask_again")}
        </Button>
        <WhoHears>{t("waiting.who_over")}</WhoHears>
      </div>
    );
  }
  return (
    <div class="sheet">
      <h1>{t("waiting.title")}</h1>
      <Breath />
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {link.value === "waiting" ? <Banner look="warm">{t("waiting.offline")}</Banner> : null}
      {now === null ? null : <Facts request={now} place={place} />}
      <Field label={t("waiting.more_label")} hint={t("waiting.more_hint")} long rows={4} maxLength={8000} value={draft.text.value} onValue={(text) => draft.write(text)} />
      {draft.kept.value ? null : <Banner look="warm">{t("draft.not_kept")}</Banner>}
      <WhoHears>{t("waiting.who")}</WhoHears>
      <div class="stack-close">
        {onKeep === null ? null : (
          <Button wide onPress={onKeep}>
            {t("waiting.keep")}
          </Button>
        )}
        {asked.value ? (
          <Banner action={<Button look="danger" onPress={() => void stop()}>{t("waiting.stop_sure")}</Button>}>{t("waiting.stop_what")}</Banner>
        ) : (
          <Button look="quiet" onPress={() => (asked.value = true)}>
            {t("waiting.stop")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Facts({ request, place }: { readonly request: RequestSaid; readonly place: Place | null }) {
  const now = placeNow();
  const hours = place === null ? null : opening(place, now);
  return (
    <dl class="waiting-facts card">
      <div>
        <dt>{t("waiting.ahead_label")}</dt>
        <dd>{aheadWords(request)}</dd>
      </div>
      {hours === null ? null : (
        <div>
          <dt>{t("waiting.hours_label")}</dt>
          <dd>{t(hours.open ? "waiting.open" : "waiting.closed", { time: byWhen(hours.thenMs, now) })}</dd>
        </div>
      )}
      <div>
        <dt>{t("waiting.owner_label")}</dt>
        <dd>{request.owner_name === undefined ? t("waiting.owner_team") : t("waiting.owner", { name: request.owner_name })}</dd>
      </div>
      <div>
        <dt>{t("waiting.nobody_label")}</dt>
        <dd>
          {promiseWords(place === null ? request.promise_by_ms : answerBy(request, place), request.expires_ms, now)}{" "}
          {t("waiting.stays", { time: dateAndTime(request.expires_ms) })}
        </dd>
      </div>
    </dl>
  );
}

/** Nothing is promised that comes after the words themselves are gone. */
function promiseWords(byMs: number, expiresMs: number, now: number): string {
  if (byMs > expiresMs) return t("waiting.promise_none");
  return byMs > now ? t("waiting.promise", { time: byWhen(byMs, now) }) : t("waiting.promise_late");
}

function aheadWords(request: RequestSaid): string {
  return request.ahead === 0 ? t("waiting.ahead_none") : t("waiting.ahead", { count: request.ahead });
}

/** The one moving thing of the page: six seconds, slow, and it stops on a press. */
function Breath() {
  const still = useSignal(false);
  return (
    <div class="row breath-row">
      <span class={still.value ? "breath breath-still" : "breath"} aria-hidden="true" />
      <Button look="quiet" slim pressed={still.value} onPress={() => (still.value = !still.value)}>
        {t("waiting.still")}
      </Button>
    </div>
  );
}

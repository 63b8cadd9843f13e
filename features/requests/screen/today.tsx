// SPDX-License-Identifier: AGPL-3.0-or-later
// A listener's day: who waits, who is mine, and one switch.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import type { Me } from "../../../web/net/me.ts";
import { onTold } from "../../../web/net/me.ts";
import { judgedNow, place, placeNow, readPlace } from "../../../web/net/place.ts";
import { refusal, troubleOf } from "../../../web/net/problem.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { byWhen, howLong } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { answerBy } from "./hours.ts";
import { openTeam, type TeamStanding } from "./team.ts";
import { STAY_HOURS, inOrder, untilFrom, urgency } from "./today.ts";
import { colleagues, passOn, postAccept, putDuty, whoWaits, type WaitingSaid } from "./wire.ts";

/** A conversation of mine, as far as this screen shows it. */
export interface Mine {
  readonly conversation: string;
  readonly name: string;
  readonly unread: boolean;
  readonly lastMs: number;
}

interface TodayProps {
  readonly me: Me;
  readonly news: number;
  readonly mine: readonly Mine[];
  readonly onOpen: (conversation: string) => void;
  readonly onAccepted: (conversation: string) => void;
}

export function Today({ me, news, mine, onOpen, onAccepted }: TodayProps) {
  const team = useSignal<TeamStanding | "opening">("opening");
  const requests = useSignal<readonly WaitingSaid[]>([]);
  const trouble = useSignal<string | null>(null);
  const until = useSignal(0);

  const look = async (): Promise<void> => {
    if (!me.session.certified) return;
    try {
      const [waiting] = await Promise.all([whoWaits(), readPlace()]);
      if (waiting.length > requests.peek().length) announce(t("today.somebody_waits"));
      requests.value = waiting;
      trouble.value = null;
    } catch (error) {
      trouble.value = troubleWords(error);
    }
  };
  const openKey = async (): Promise<void> => {
    try {
      team.value = await openTeam(me);
      const own = (await colleagues()).find((c) => c.account === me.session.account);
      until.value = own?.here_until_ms ?? 0;
    } catch (error) {
      team.value = "not_given";
      trouble.value = troubleWords(error);
    }
  };
  useEffect(() => {
    void openKey();
    return onTold((told) => {
      // A lead hands the key to whoever was vouched for just now.
      if (told.t === "team" || (told.t === "staff" && me.session.lead)) void openKey();
    });
  }, [me.vault, me.session.certified, me.session.lead]);
  useEffect(() => {
    void look();
    const timer = setInterval(() => {
      if (team.peek() === "not_given" || team.peek() === "no_key") void openKey();
      void look();
    }, 30_000);
    return () => clearInterval(timer);
  }, [news, me.session.certified]);

  return (
    <div class="sheet">
      <h1>{t("today.title")}</h1>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      <TeamBanner standing={team.value} />
      <Duty until={until.value} onUntil={(ms) => (until.value = ms)} disabled={team.value !== "open"} />
      <section class="stack" aria-labelledby="waiting">
        <h2 id="waiting">{t("today.waiting", { count: requests.value.length })}</h2>
        <ul role="list" class="stack">
          {inOrder(requests.value).map((request) => (
            <WaitingCard key={request.conversation} me={me} request={request} canOpen={team.value === "open"} onAccepted={onAccepted} onGone={() => void look()} />
          ))}
        </ul>
      </section>
      <section class="stack" aria-labelledby="mine">
        <h2 id="mine">{t("today.mine")}</h2>
        {mine.length === 0 ? <p class="muted">{t("today.mine_none")}</p> : null}
        <ul role="list" class="stack-close">
          {mine.map((talk) => (
            <li key={talk.conversation}>
              <Button wide onPress={() => onOpen(talk.conversation)}>
                {talk.unread ? <span class="dot" aria-hidden="true" /> : null}
                {talk.unread ? t("today.unread", { name: talk.name }) : talk.name}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <WhoHears>{t("today.who")}</WhoHears>
    </div>
  );
}

function TeamBanner({ standing }: { readonly standing: TeamStanding | "opening" }) {
  switch (standing) {
    case "open":
    case "opening":
      return null;
    case "no_key":
      return <Banner look="warm">{t("today.team_no_key")}</Banner>;
    case "not_given":
      return <Banner look="warm">{t("today.team_not_given")}</Banner>;
    case "not_certified":
      return <Banner look="warm">{t("today.not_certified")}</Banner>;
    default:
      return standing satisfies never;
  }
}

interface DutyProps {
  readonly until: number;
  readonly onUntil: (ms: number) => void;
  readonly disabled: boolean;
}

function Duty({ until, onUntil, disabled }: DutyProps) {
  const trouble = useSignal<string | null>(null);
  const now = placeNow();
  const here = until > now;
  const set = async (ms: number): Promise<void> => {
    try {
      await putDuty(Math.floor(ms));
      onUntil(ms);
      trouble.value = null;
    } catch (error) {
      trouble.value = troubleWords(error);
    }
  };
  return (
    <section class="card" aria-labelledby="duty">
      <h2 id="duty">{here ? t("today.here_until", { time: byWhen(until, now) }) : t("today.not_here")}</h2>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      <div class="row">
        {STAY_HOURS.map((hours) => (
          <Button key={hours} slim disabled={disabled} onPress={() => void set(untilFrom(placeNow(), hours))}>
            {t("today.stay", { count: hours })}
          </Button>
        ))}
        {here ? (
          <Button slim onPress={() => void set(0)}>
            {t("today.go")}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

type Opened = { readonly name: string; readonly wish: 0 | 1 | 2; readonly text: string };

interface CardProps {
  readonly me: Me;
  readonly request: WaitingSaid;
  readonly canOpen: boolean;
  readonly onAccepted: (conversation: string) => void;
  readonly onGone: () => void;
}

function WaitingCard({ me, request, canOpen, onAccepted, onGone }: CardProps) {
  const opened = useSignal<Opened | "broken" | null>(null);
  const busy = useSignal(false);
  const passed = useSignal(false);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    if (!canOpen) return;
    me.vault.ask("openFirstWords", { first_words: request.first_words }).then(
      ({ body }) => {
        opened.value = body.kind === "opening" ? { name: body.name, wish: body.wish, text: body.text } : "broken";
      },
      () => {
        opened.value = "broken";
      },
    );
  }, [request.conversation, canOpen]);

  const accept = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      const { commit, wraps } = await me.vault.ask("accept", { first_words: request.first_words, now_ms: judgedNow() });
      await postAccept(request.conversation, { commit, wraps });
      onAccepted(request.conversation);
    } catch (error) {
      const code = refusal(error);
      const gone = code === "already_accepted" || code === "withdrawn" || troubleOf(error)?.what === "not_there";
      trouble.value = gone ? t(code === "withdrawn" ? "today.withdrawn" : "today.taken") : troubleWords(error);
      if (gone) setTimeout(onGone, 2500);
    } finally {
      busy.value = false;
    }
  };
  const pass = async (): Promise<void> => {
    try {
      await passOn(request.conversation);
      passed.value = true;
      announce(t("today.passed"));
      onGone();
    } catch (error) {
      trouble.value = troubleWords(error);
    }
  };

  const now = placeNow();
  const words = opened.value;
  const promisedBy = place.value === null ? request.promise_by_ms : answerBy(request, place.value);
  const soon = urgency(request.made_ms, promisedBy, now);
  return (
    <li class="card">
      <h3>{words !== null && words !== "broken" && words.name !== "" ? words.name : t("today.somebody")}</h3>
      <p class="muted figures">
        {t("today.waits_since", { time: howLong(now - request.made_ms) })}{" "}
        {soon === "late" ? t("today.promise_late") : t("today.promise", { time: byWhen(promisedBy, now) })}
        {request.for_me ? ` ${t("today.yours")}` : ""}
      </p>
      {words === "broken" ? <Banner look="warm">{t("today.broken")}</Banner> : null}
      {words !== null && words !== "broken" ? (
        <>
          <p class="wish">{wishWords(words.wish)}</p>
          <p dir="auto" class="keep-lines">
            {words.text === "" ? t("today.no_words") : words.text}
          </p>
        </>
      ) : null}
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {passed.value ? <p>{t(request.for_me ? "today.passed_nobody" : "today.passed")}</p> : null}
      <p class="small muted">{t("today.pact")}</p>
      <div class="row">
        <Button look="primary" busy={busy.value} disabled={!canOpen || words === "broken"} onPress={() => void accept()}>
          {t("today.accept")}
        </Button>
        {passed.value && !request.for_me ? null : <Button onPress={() => void pass()}>{t("today.pass")}</Button>}
      </div>
    </li>
  );
}

function wishWords(wish: 0 | 1 | 2): string {
  return wish === 1 ? t("room.wish_listen") : wish === 2 ? t("room.wish_sort_out") : t("room.wish_unknown");
}

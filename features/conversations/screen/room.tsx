// SPDX-License-Identifier: AGPL-3.0-or-later
// The room: the words of two people, and the one line that says who can hear them.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { link } from "../../../web/net/me.ts";
import { clockIsOff } from "../../../web/net/place.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { clockTime, dayName } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { Composer, Unsent } from "./composer.tsx";
import { Interrupted } from "./interrupted.tsx";
import type { Open } from "./talks.ts";
import { Thread } from "./thread.tsx";
import { found, newestOfOthers } from "./thread.ts";
import { beforeMe, HindranceBanner } from "./hindrance.tsx";
import { howOf, WhoDialog } from "./who.tsx";
import { atEnd, wouldRead } from "./writing.ts";
import type { MemberSaid } from "./wire.ts";
import "./room.css";

interface RoomProps {
  readonly open: Open;
  readonly onEnd: () => void;
  readonly onSignIn: () => void;
  readonly onBack: (() => void) | null;
  /** For a client in a talk that nobody would read any more: to where somebody else can be asked. */
  readonly onHome: (() => void) | null;
  readonly beside?: (draft: string) => ComponentChildren;
  /** For whoever listens: how somebody who lost password and sheet is let in again. */
  readonly lost?: (name: string) => ComponentChildren;
  /** For a client: how a talk that stands under a lost key opens again. */
  readonly openAgain?: (name: string) => ComponentChildren;
  /** What is said or asked of this talk, above its words and below them. */
  readonly above?: ComponentChildren;
  readonly below?: ComponentChildren;
}

export function Room({ open, onEnd, onSignIn, onBack, onHome, beside, lost, openAgain, above, below }: RoomProps) {
  const { talk } = open;
  const searching = useSignal(false);
  const asking = useSignal(false);
  const atBottom = useRef(true);
  const wasClosed = useRef(false);
  const closed = beforeMe(open);
  // Sealed to a lost key is not the same as forged: what cannot be opened is said once, below.
  const items = closed ? talk.items.value.filter((item) => item.kind !== "line" || item.says !== "unverified") : talk.items.value;
  const own = talk.me.session.account;
  const others = talk.members.value.filter((m) => m.account !== own);
  const name = (account: string): string => talk.names.value.get(account) ?? t("room.somebody");

  useEffect(() => {
    talk.onNew = (item) => {
      const words = item.kind === "words" ? item.text : item.kind === "file" ? item.file.name : "";
      if (item.kind !== "line") announce(t("room.said_now", { name: name(item.from), words }));
    };
    const look = (): void => {
      atBottom.current = atEnd(scrollY, innerHeight, document.documentElement.scrollHeight);
      sawAll();
    };
    const sawAll = (): void => {
      if (document.visibilityState === "visible" && atBottom.current) talk.sayRead(newestOfOthers(talk.items.peek()));
    };
    addEventListener("scroll", look, { passive: true });
    document.addEventListener("visibilitychange", sawAll);
    return () => {
      talk.onNew = () => undefined;
      removeEventListener("scroll", look);
      document.removeEventListener("visibilitychange", sawAll);
    };
  }, [talk]);
  // A photo that opens or a file that cannot be fetched makes the thread longer, and the way to go on must not lie under the box.
  const stayAtEnd = useCallback(() => {
    if (atBottom.current) scrollTo({ top: document.documentElement.scrollHeight });
  }, []);
  useLayoutEffect(() => {
    stayAtEnd();
    if (document.visibilityState === "visible" && atBottom.current) talk.sayRead(newestOfOthers(items));
  }, [items]);

  // Nobody is asked to write into an empty room. Before the list of members is here, nothing is known.
  const unheard = talk.members.value.length > 0 && wouldRead(others).length === 0;
  const members = others.map((m) => name(m.account)).join(", ");
  const listener = others.find((m) => m.part === "listener");
  wasClosed.current ||= closed;
  return (
    <div class="sheet room">
      <div class="room-head">
        <div>
          <h1>{members === "" ? t("room.title") : members}</h1>
          {listener === undefined ? null : <p class="small">{roleWords(listener.role)}</p>}
          {talk.outside.value || unheard ? null : <Presence open={open} />}
        </div>
        <div class="row">
          {onBack === null ? null : (
            <Button slim look="quiet" onPress={onBack}>
              {t("kit.back")}
            </Button>
          )}
          <Button slim look="quiet" pressed={searching.value} onPress={() => (searching.value = !searching.value)}>
            {t("room.search")}
          </Button>
          <Button slim onPress={onEnd}>
            {t("room.end")}
          </Button>
        </div>
      </div>
      <WhoHears>
        {talk.outside.value ? t("room.who_outside") : closed && members !== "" ? t("new_key.who", { names: members }) : members === "" ? t("room.who_nobody") : t("room.who", { names: members })}{" "}
        {others.length > 0 && others.every((m) => howOf(m.account) === "spoken") ? t("who.checked") : ""}
      </WhoHears>
      <div class="row room-who">
        <Button slim look="quiet" onPress={() => (asking.value = true)}>
          {t("who.more")}
        </Button>
      </div>
      {asking.value ? <WhoDialog open={open} names={name} onClose={() => (asking.value = false)} more={lost?.(members) ?? null} /> : null}
      {open.spoken.now.value.is === "asked" && !asking.value ? (
        <Banner action={<Button look="primary" onPress={() => ((asking.value = true), void open.spoken.answer())}>{t("spoken.go")}</Button>}>
          {t("spoken.asked", { name: members })}
        </Banner>
      ) : null}
      <WishLine open={open} />
      <FeltLine open={open} />
      {above}
      {searching.value ? <Search open={open} /> : null}
      <Thread talk={talk} items={items} names={talk.names.value} onResized={stayAtEnd} />
      <Interrupted open={open} names={name} />
      {below}
      {talk.outside.value ? (
        <Banner look="warm">{t("room.outside")}</Banner>
      ) : (
        <>
          {wasClosed.current ? openAgain?.(unheard ? "" : members) : null}
          {lost !== undefined && others.some((m) => m.new_key === true) ? (
            <Banner look="warm" action={<Button onPress={() => (asking.value = true)}>{t("new_key.let_in")}</Button>}>
              {t("new_key.theirs", { name: members })}
            </Banner>
          ) : null}
          <State open={open} onSignIn={onSignIn} />
          {unheard ? (
            <>
              {wasClosed.current ? null : (
                <Banner look="warm" action={onHome === null ? null : <Button onPress={onHome}>{t("after.home")}</Button>}>
                  {members === "" ? t("room.alone") : t("room.barred", { name: members })}
                </Banner>
              )}
              <Unsent open={open} />
            </>
          ) : (
            <Composer open={open} disabled={talk.phase.value === "reading" && items.length === 0} beside={beside} />
          )}
        </>
      )}
    </div>
  );
}

function Presence({ open }: { readonly open: Open }) {
  const { talk } = open;
  const others = talk.members.value.filter((m) => m.account !== talk.me.session.account);
  const typing = others.filter((m) => talk.typing.value.has(m.account));
  const there = others.filter((m) => talk.here.value.has(m.account));
  const here = hereWords(open, there);
  const heard = there.length > 0 ? here : "";
  useEffect(() => {
    if (heard !== "") announce(heard);
  }, [heard]);
  const words = typing.length > 0 ? t("room.typing") : there.length > 0 ? here : t("room.away");
  return (
    <p class="small muted room-presence">
      {there.length > 0 ? <span class="dot" aria-hidden="true" /> : null} {words}
    </p>
  );
}

/** Said to a client about the one person who listens; with more people in the room it would not be true. */
function hereWords({ talk }: Open, there: readonly MemberSaid[]): string {
  const [listener] = there;
  if (talk.me.session.role !== "client" || talk.members.value.length !== 2 || listener === undefined) return t("room.here");
  return t("room.here_with_you", { name: talk.names.value.get(listener.account) ?? t("room.somebody") });
}

/** What the person asked for, in front of the one who listens, all the time. */
function WishLine({ open }: { readonly open: Open }) {
  const opening = open.talk.opening.value;
  if (opening === null || open.talk.me.session.role === "client") return null;
  const words = opening.wish === 1 ? t("room.wish_listen") : opening.wish === 2 ? t("room.wish_sort_out") : t("room.wish_unknown");
  return <p class="wish">{words}</p>;
}

/** What the person said afterwards about being heard, because they chose to share it. */
function FeltLine({ open }: { readonly open: Open }) {
  const felt = open.talk.felt.value.at(-1);
  if (felt === undefined || open.talk.me.session.role === "client") return null;
  const words = felt.answer === 2 ? t("room.felt_yes") : felt.answer === 1 ? t("room.felt_partly") : t("room.felt_no");
  return (
    <p class="wish">
      {words} {felt.text === "" ? null : <q dir="auto">{felt.text}</q>}
    </p>
  );
}

function State({ open, onSignIn }: { readonly open: Open; readonly onSignIn: () => void }) {
  const { talk } = open;
  const offline = link.value === "waiting";
  useSignalEffect(() => {
    if (link.value === "waiting") announce(t("room.offline"));
  });
  return (
    <div class="stack-close" aria-live="off">
      {talk.phase.value === "trouble" ? (
        <Banner look="warm" action={<Button onPress={() => void talk.catchUp().catch(() => undefined)}>{t("kit.retry")}</Button>}>
          {t("room.trouble")}
        </Banner>
      ) : null}
      {talk.phase.value === "held" && !beforeMe(open) ? <Banner look="warm">{t("room.held")}</Banner> : null}
      {clockIsOff() ? <Banner look="warm">{t("room.clock")}</Banner> : null}
      {offline ? <Banner>{t("room.offline")}</Banner> : null}
      <HindranceBanner open={open} onSignIn={onSignIn} />
    </div>
  );
}

/** Looks through words on this device only. */
function Search({ open }: { readonly open: Open }) {
  const query = useSignal("");
  const hits = found(open.talk.items.value, query.value);
  const shown = hits.slice(0, 30);
  return (
    <section class="card" aria-label={t("room.search")}>
      <Field label={t("room.search_label")} hint={t("room.search_hint")} value={query.value} onValue={(q) => (query.value = q)} />
      {query.value.trim() === "" ? null : <p role="status">{t("room.search_found", { count: hits.length })}</p>}
      <ul role="list" class="stack-close">
        {shown.map((hit) => (
          <li key={hit.key}>
            <span class="small muted">
              {dayName(hit.atMs, Date.now())} {clockTime(hit.atMs)}
            </span>
            <p dir="auto" class="keep-lines">
              {hit.kind === "words" ? hit.text : hit.file.name}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Try the engine: write or paste a short exchange and see what it sees in it. For anybody, without an account; everything stays on this page and is
// gone with it.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Choice, Field } from "../../../web/kit/field.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import type { Figures, Standing } from "../../../web/bridge/listening/listening.ts";
import { t } from "../../../web/words/words.ts";
import { Bands } from "./band.tsx";
import { listening } from "./engine.ts";
import { EXAMPLE } from "./example.ts";
import { likelyListener, readExchange, remarksOf, turnsOfExchange, type Exchange, type Unread } from "./exchange.ts";
import { isEnglish, mirrorOf } from "./mirror.ts";
import { About } from "./mirror.tsx";
import { MomentCard, mainWords } from "./moment.tsx";
import "./try-it.css";

interface Seen {
  readonly exchange: Exchange;
  readonly listener: string;
  readonly figures: Figures;
}

/** onFetched: the engine is here; what it came in can be kept for the time without a network. */
export function TryIt({ onFetched }: { readonly onFetched: () => void }) {
  const text = useSignal("");
  const listener = useSignal("");
  const trouble = useSignal<string | null>(null);
  const lost = useSignal(false);
  const seen = useSignal<Seen | null>(null);
  const standing = useSignal<Standing>({ is: "resting" });
  const busy = useSignal(false);
  const result = useRef<HTMLHeadingElement>(null);
  const read = readExchange(text.value);
  const names = read.is === "read" ? read.exchange.names : null;
  const who = names === null ? "" : (names.find((name) => name === listener.value) ?? likelyListener(read.is === "read" ? read.exchange : { names, said: [] }));

  const look = async (exchange: Exchange, as: string): Promise<void> => {
    const turns = turnsOfExchange(exchange, as);
    busy.value = true;
    lost.value = false;
    try {
      const figures = await listening().figuresNow(turns);
      seen.value = { exchange, listener: as, figures };
      announce(t("try.seen", { count: turns.filter((turn) => turn.who === "listener").length }));
    } catch {
      lost.value = true;
    } finally {
      busy.value = false;
    }
  };
  /** Another exchange: nothing of the one before stays. */
  const begin = (words: string): void => {
    text.value = words;
    listener.value = "";
    seen.value = null;
    trouble.value = null;
  };
  const press = async (): Promise<void> => {
    trouble.value = read.is === "read" ? null : unreadWords(read);
    if (read.is !== "read") return;
    if (!isEnglish(turnsOfExchange(read.exchange, who))) {
      trouble.value = t("mirror.other_language");
      return;
    }
    await look(read.exchange, who);
    result.current?.focus();
  };
  useEffect(
    () =>
      listening().watch((now) => {
        standing.value = now;
        if (now.is !== "whole" && now.is !== "rules") return;
        onFetched();
        // What rules said is said again, better.
        const last = seen.peek();
        if (now.is === "whole" && last !== null) void look(last.exchange, last.listener);
      }),
    [],
  );

  return (
    <div class="sheet">
      <h1>{t("try.title")}</h1>
      <p>{t("try.lead")}</p>
      <form class="stack" onSubmit={(e) => (e.preventDefault(), void press())}>
        <Field label={t("try.exchange")} hint={t("try.exchange_hint")} long rows={8} value={text.value} error={trouble.value} onValue={(words) => {
            text.value = words;
            trouble.value = null;
          }} />
        <div class="row">
          <Button slim onPress={() => begin(EXAMPLE)}>
            {t("try.example")}
          </Button>
          {text.value === "" ? null : (
            <Button slim look="quiet" onPress={() => begin("")}>
              {t("try.clear")}
            </Button>
          )}
        </div>
        {names === null ? null : (
          <Choice legend={t("try.who_listens")} name="listener" value={who} onValue={(name) => (listener.value = name)} options={names.map((name) => ({ value: name, words: name }))} />
        )}
        <Button look="primary" wide submit busy={busy.value}>
          {t("try.look")}
        </Button>
      </form>
      <Engine standing={standing.value} lost={lost.value} onAgain={() => void press()} />
      {seen.value === null ? null : <Result seen={seen.value} heading={result} />}
      <section class="stack-close" aria-labelledby="limits">
        <h2 id="limits">{t("try.limits_title")}</h2>
        <ul class="try-limits">
          <li>{t("try.limit_words")}</li>
          <li>{t("try.limit_wrong")}</li>
          <li>{t("try.limit_danger")}</li>
          <li>{t("try.limit_others")}</li>
        </ul>
        <About />
      </section>
      <WhoHears>{t("try.who")}</WhoHears>
      <p>
        <a href="/">{t("try.home")}</a>
      </p>
    </div>
  );
}

function unreadWords(unread: Unread): string {
  switch (unread.is) {
    case "empty":
      return t("try.unread_empty");
    case "too_long":
      return t("try.unread_too_long");
    case "no_name":
      return t("try.unread_no_name", { line: unread.line });
    case "one_name":
      return t("try.unread_one_name", { name: unread.name });
    case "many_names":
      return t("try.unread_many_names", { names: unread.names.slice(0, 5).join(", ") });
    default:
      return unread satisfies never;
  }
}

/** How far the engine has come, and what is missing. */
function Engine({ standing, lost, onAgain }: { readonly standing: Standing; readonly lost: boolean; readonly onAgain: () => void }) {
  if (lost) {
    return (
      <Banner look="warm" action={<Button onPress={onAgain}>{t("kit.retry")}</Button>}>
        {t("try.lost")}
      </Banner>
    );
  }
  switch (standing.is) {
    case "resting":
    case "whole":
      return null;
    case "coming":
      return (
        <p class="stack-close">
          <span>{t("try.coming")}</span>
          <progress value={standing.part} max={1} aria-label={t("try.coming")} />
        </p>
      );
    case "rules":
      return (
        <Banner look="warm" action={<Button onPress={() => (listening().rest(), onAgain())}>{t("kit.retry")}</Button>}>
          {t("try.by_rules")}
        </Banner>
      );
    default:
      return standing satisfies never;
  }
}

function Result({ seen, heading }: { readonly seen: Seen; readonly heading: { current: HTMLHeadingElement | null } }) {
  const { exchange, listener, figures } = seen;
  const sitting = { atMs: 0, turns: turnsOfExchange(exchange, listener) };
  const mirror = mirrorOf(sitting, figures);
  const other = exchange.names.find((name) => name !== listener) ?? "";
  return (
    <section class="stack" aria-labelledby="seen">
      <h2 id="seen" ref={heading} tabIndex={-1}>
        {t("try.result")}
      </h2>
      <ol class="try-turns" role="list">
        {exchange.said.map(({ name, text }, i) => {
          const code = figures.turns[i];
          return (
            <li key={i} class={name === listener ? "try-turn try-turn-listener" : "try-turn"}>
              <span class="small muted">{name}</span>
              <p class="keep-lines" dir="auto" lang="en">
                {text}
              </p>
              {code?.who === "listener" ? (
                <p class="try-codes small">
                  <span class="try-code">{t("try.code", { main: mainWords(code.main) })}</span>
                  {remarksOf(code).map((remark) => (
                    <span class="try-code" key={remark}>
                      {t(`try.remark_${remark}`)}
                    </span>
                  ))}
                </p>
              ) : null}
            </li>
          );
        })}
      </ol>
      <h2>{t("try.moments")}</h2>
      {mirror.moments.length === 0 ? (
        <p>{t("mirror.no_moments")}</p>
      ) : (
        <ol class="moments" role="list">
          {mirror.moments.map((moment) => (
            <li key={moment.kind}>
              <MomentCard moment={moment} name={other} heard={null} onHeard={null} />
            </li>
          ))}
        </ol>
      )}
      <h2>{t("mirror.balance")}</h2>
      {mirror.band === null ? <p>{t("mirror.too_short")}</p> : <Bands now={mirror.band} earlier={null} />}
    </section>
  );
}

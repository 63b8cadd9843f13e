// SPDX-License-Identifier: AGPL-3.0-or-later
// The mirror after a talk: drawn on the listener's own device, kept nowhere unless the listener keeps it, and there only while both people
// say yes. When one of them takes the yes back it goes from the page at once.
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { date } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { Bands } from "./band.tsx";
import { Coming } from "./coming.tsx";
import { listening } from "./engine.ts";
import { bandOf, earlierOf, isEnglish, mirrorOf, sittingsOf, type Band, type Main, type Mirror as MirrorFound, type SaidAt } from "./mirror.ts";
import type { Consent, Kept, KeptMirror } from "./mirror-sealed.ts";
import { MomentCard, momentsTitle, tryWords } from "./moment.tsx";
import "./mirror.css";

export interface MirrorProps {
  readonly conversation: string;
  /** What the other person is called here. */
  readonly name: string;
  readonly items: readonly SaidAt[];
  /** The whole talk has been read. */
  readonly ready: boolean;
  readonly consent: Consent;
  readonly kept: readonly Kept[];
  readonly onConsent: (answer: "yes" | "no") => Promise<void>;
  readonly onKeep: (mirror: KeptMirror) => Promise<void>;
  readonly onLetGo: (position: number) => Promise<void>;
  readonly onDone: () => void;
}

export function Mirror(props: MirrorProps) {
  const { name, consent, ready } = props;
  const trouble = useSignal<string | null>(null);
  const attempt = (what: Promise<void>): void => {
    trouble.value = null;
    what.catch((error: unknown) => (trouble.value = troubleWords(error)));
  };
  const on = consent.mine === "yes" && consent.theirs === "yes";
  return (
    <div class="sheet">
      <h1>{t("mirror.title")}</h1>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      {on ? (
        ready ? <LookBack {...props} attempt={attempt} /> : null
      ) : (
        <Asking {...props} attempt={attempt} />
      )}
      <KeptBefore kept={props.kept} name={name} onLetGo={(position) => attempt(props.onLetGo(position))} />
      <WhoHears>{t("mirror.who")}</WhoHears>
    </div>
  );
}

type Attempt = { readonly attempt: (what: Promise<void>) => void };

/** Before both have said yes, and after one has said no. */
function Asking({ name, consent, onConsent, onDone, attempt }: MirrorProps & Attempt) {
  const answer = (said: "yes" | "no"): void => attempt(onConsent(said));
  if (consent.mine === "unasked") {
    return (
      <>
        <p>{t("mirror.new_lead")}</p>
        <p>{t("mirror.new_both", { name })}</p>
        <div class="stack-close">
          <Button look="primary" wide onPress={() => answer("yes")}>
            {t("mirror.new_yes", { name })}
          </Button>
          <Button wide onPress={onDone}>
            {t("mirror.new_later")}
          </Button>
          <Button
            look="quiet"
            onPress={() => {
              answer("no");
              onDone();
            }}
          >
            {t("mirror.new_no", { name })}
          </Button>
        </div>
      </>
    );
  }
  const waiting = consent.mine === "yes" && consent.theirs === "unasked";
  const words = waiting ? t("mirror.waiting", { name }) : consent.mine === "no" ? t("mirror.off_mine", { name }) : t("mirror.off_theirs", { name });
  return (
    <>
      <p role="status">{words}</p>
      <Button look="primary" wide onPress={onDone}>
        {t("mirror.done")}
      </Button>
      {consent.mine === "no" ? (
        <Button look="quiet" onPress={() => answer("yes")}>
          {t("mirror.switch_on")}
        </Button>
      ) : (
        <Button look="quiet" onPress={() => answer("no")}>
          {t("mirror.switch_off")}
        </Button>
      )}
    </>
  );
}

type Looked =
  | { readonly is: "looking" }
  | { readonly is: "lost" }
  | { readonly is: "other_language" }
  | { readonly is: "nothing_said" }
  | { readonly is: "found"; readonly mirror: MirrorFound; readonly earlier: readonly Band[]; readonly byRules: boolean };

/** What was said up to now, looked at once: words that come meanwhile belong to the next look. */
function useLook(items: readonly SaidAt[]): { readonly looked: Signal<Looked>; readonly again: () => void } {
  const looked = useSignal<Looked>({ is: "looking" });
  const tries = useSignal(0);
  useEffect(() => {
    const stop = new AbortController();
    looked.value = { is: "looking" };
    look(items, stop.signal).then(
      (found) => {
        if (stop.signal.aborted) return;
        looked.value = found;
        if (found.is === "found") announce(t("mirror.there"));
      },
      () => {
        if (!stop.signal.aborted) looked.value = { is: "lost" };
      },
    );
    return () => stop.abort();
  }, [tries.value]);
  return { looked, again: () => (tries.value += 1) };
}

async function look(items: readonly SaidAt[], signal: AbortSignal): Promise<Looked> {
  const sittings = sittingsOf(items);
  const last = sittings.at(-1);
  if (last === undefined || !last.turns.some((turn) => turn.who === "listener")) return { is: "nothing_said" };
  if (!isEnglish(last.turns)) return { is: "other_language" };
  const engine = listening();
  const figures = await engine.figures([...last.turns], signal);
  const earlier: Band[] = [];
  for (const sitting of earlierOf(sittings)) {
    if (!isEnglish(sitting.turns)) continue;
    const band = bandOf(sitting.atMs, await engine.figures([...sitting.turns], signal));
    if (band !== null) earlier.push(band);
  }
  return { is: "found", mirror: mirrorOf(last, figures), earlier, byRules: engine.standing.is !== "whole" };
}

function LookBack(props: MirrorProps & Attempt) {
  const { looked, again } = useLook(props.items);
  const now = looked.value;
  const done = (
    <Button look="primary" wide onPress={props.onDone}>
      {t("mirror.done")}
    </Button>
  );
  switch (now.is) {
    case "looking":
      return <Coming />;
    case "lost":
      return (
        <>
          <Banner look="warm" action={<Button onPress={again}>{t("kit.retry")}</Button>}>
            {t("mirror.lost")}
          </Banner>
          {done}
        </>
      );
    case "other_language":
    case "nothing_said":
      return (
        <>
          <p>{now.is === "other_language" ? t("mirror.other_language") : t("mirror.nothing_said")}</p>
          {done}
        </>
      );
    case "found":
      return <Found {...props} {...now} />;
    default:
      return now satisfies never;
  }
}

function Found(props: MirrorProps & Attempt & Extract<Looked, { is: "found" }>) {
  const { name, mirror, earlier, byRules, attempt } = props;
  const heard = useSignal<readonly (Main | null)[]>(mirror.moments.map(() => null));
  const kept = useSignal(false);
  const keep = async (): Promise<void> => {
    await props.onKeep({ ...mirror, conversation: props.conversation, heard: heard.value });
    kept.value = true;
    announce(t("mirror.kept"));
  };
  return (
    <>
      {byRules ? <Banner look="warm">{t("mirror.by_rules")}</Banner> : null}
      <Look mirror={mirror} name={name} heard={heard.value} onHeard={(i, main) => (heard.value = heard.value.map((was, at) => (at === i ? main : was)))} />
      <section class="stack-close" aria-labelledby="mirror-balance">
        <h2 id="mirror-balance">{t("mirror.balance")}</h2>
        {mirror.band === null ? <p>{t("mirror.too_short")}</p> : <Bands now={mirror.band} earlier={earlier} />}
        <About />
      </section>
      <div class="stack-close">
        <Button look="primary" wide onPress={props.onDone}>
          {kept.value ? t("mirror.done_kept") : t("mirror.discard")}
        </Button>
        {kept.value ? (
          <p role="status">{t("mirror.kept")}</p>
        ) : (
          <Button wide onPress={() => attempt(keep())}>
            {t("mirror.keep")}
          </Button>
        )}
        <Button look="quiet" onPress={() => attempt(props.onConsent("no"))}>
          {t("mirror.switch_off")}
        </Button>
      </div>
    </>
  );
}

interface LookProps {
  readonly mirror: MirrorFound;
  readonly name: string;
  readonly heard: readonly (Main | null)[];
  readonly onHeard: ((index: number, main: Main | null) => void) | null;
}

/** The moments and the one thing to try: of the talk just now, or of one that was kept. */
function Look({ mirror, name, heard, onHeard }: LookProps) {
  return (
    <>
      <div class="stack-close">
        <h2>{momentsTitle(mirror.moments)}</h2>
        {mirror.moments.length === 0 ? (
          <p>{t("mirror.no_moments")}</p>
        ) : (
          <ol class="moments" role="list">
            {mirror.moments.map((moment, i) => (
              <li key={moment.kind}>
                <MomentCard moment={moment} name={name} heard={heard[i] ?? null} onHeard={onHeard === null ? null : (main) => onHeard(i, main)} />
              </li>
            ))}
          </ol>
        )}
      </div>
      <div class="stack-close">
        <h2>{t("mirror.try")}</h2>
        <p class="mirror-try">{tryWords(mirror.tries)}</p>
      </div>
    </>
  );
}

/** What each figure means, and how far experts agree on it. */
export function About(): ComponentChildren {
  return (
    <details class="mirror-about">
      <summary>{t("mirror.about")}</summary>
      <div class="stack-close">
        <p>{t("mirror.about_balance")}</p>
        <p>{t("mirror.about_moments")}</p>
        <p>{t("mirror.about_experts")}</p>
        <p>{t("mirror.about_limits")}</p>
      </div>
    </details>
  );
}

function KeptBefore({ kept, name, onLetGo }: { readonly kept: readonly Kept[]; readonly name: string; readonly onLetGo: (position: number) => void }) {
  const days = useMemo(() => kept.map((one) => date(one.atMs)), [kept]);
  if (kept.length === 0) return null;
  return (
    <section class="stack-close" aria-labelledby="mirror-kept">
      <h2 id="mirror-kept">{t("mirror.kept_before")}</h2>
      {kept.map((one, i) => (
        <details class="mirror-about" key={one.position}>
          <summary>{days[i]}</summary>
          <div class="stack">
            <Look mirror={one} name={name} heard={one.heard} onHeard={null} />
            {one.band === null ? null : <Bands now={one.band} earlier={null} />}
            <Button slim onPress={() => onLetGo(one.position)}>
              {t("mirror.let_go")}
            </Button>
          </div>
        </details>
      ))}
    </section>
  );
}

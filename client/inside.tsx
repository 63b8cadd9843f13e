// SPDX-License-Identifier: AGPL-3.0-or-later
// The screens of somebody who is here. Loaded after arriving or signing in.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { After } from "../features/conversations/screen/after.tsx";
import { letListenerGo } from "../features/conversations/screen/letting-go.ts";
import { MyPlace } from "../features/conversations/screen/my-place.tsx";
import { Room } from "../features/conversations/screen/room.tsx";
import { Talks } from "../features/conversations/screen/talks.ts";
import type { ConversationSaid } from "../features/conversations/screen/wire.ts";
import { newKeyWhenOld } from "../features/accounts/screen/key-age.ts";
import { AskingDoor, AskingWords, nextStep } from "../features/requests/screen/asking.tsx";
import { Today, type Mine } from "../features/requests/screen/today.tsx";
import { Waiting } from "../features/requests/screen/waiting.tsx";
import { myRequests } from "../features/requests/screen/wire.ts";
import { Banner } from "../web/kit/banner.tsx";
import { Button } from "../web/kit/button.tsx";
import { helpOpenedAt } from "../web/kit/help.tsx";
import { lazy } from "../web/kit/lazy.tsx";
import type { Router } from "../web/kit/router.ts";
import { announce } from "../web/kit/announce.tsx";
import { WhoHears } from "../web/kit/who-hears.tsx";
import { listens } from "../web/net/answers.ts";
import { lock, type Me } from "../web/net/me.ts";
import { place } from "../web/net/place.ts";
import { t } from "../web/words/words.ts";
import { looksBack } from "./looks-back.ts";
import { homeOf, type Screen } from "./screens.ts";

const Keep = lazy(() => import("../features/accounts/screen/keep.tsx").then((m) => m.Keep));
const EraseMe = lazy(() => import("../features/accounts/screen/erase.tsx").then((m) => m.EraseMe));
const Administrator = lazy(() => import("./administrator.tsx").then((m) => m.Administrator));
const Invite = lazy(() => import("../features/invitations/screen/invite.tsx").then((m) => m.Invite));

const ThingsOf = lazy(() => import("./things-of.tsx").then((m) => m.ThingsOf));
const MirrorOf = lazy(() => import("./mirror-of.tsx").then((m) => m.MirrorOf));
const MirrorWordOf = lazy(() => import("./mirror-of.tsx").then((m) => m.MirrorWordOf));
const MirrorAskOf = lazy(() => import("./mirror-of.tsx").then((m) => m.MirrorAskOf));
const LetInAgain = lazy(() => import("../features/returns/screen/let-in-again.tsx").then((m) => m.LetInAgain));
const NewKeyHere = lazy(() => import("../features/returns/screen/new-key-here.tsx").then((m) => m.NewKeyHere));
const HintMark = lazy(() => import("../features/reflections/screen/hint.tsx").then((m) => m.HintMark));

interface InsideProps {
  readonly me: Me;
  readonly router: Router<Screen>;
  readonly invitation: string | null;
}

export function Inside({ me, router, invitation }: InsideProps) {
  const talks = useMemo(() => new Talks(me), [me.session.account, me.vault]);
  const ready = useSignal(false);
  const waitingFor = useSignal<string | null>(null);
  // Once begun, setting a password goes on until the sheet is checked, although the place has the password before that.
  const keepFirst = useSignal(homeOf(me.session.role, me.session.recovering, me.session.record_kind, false, 0) === "keep_first");
  const recovering = useRef(me.session.recovering);
  useEffect(() => {
    void firstLook(talks, waitingFor).then(() => (ready.value = true));
    void newKeyWhenOld(me).catch(() => undefined); // the next time, then
    return () => talks.end();
  }, [talks]);

  const screen = router.screen.value;
  const home = (): void => router.settle({ at: "home" });
  const back = (): void => router.back();
  const sheetChecked = (): void => {
    keepFirst.value = false;
    void firstLook(talks, waitingFor).then(home);
  };
  const kept = me.session.record_kind !== "device";
  const asked = (conversation: string): void => {
    waitingFor.value = conversation;
    router.settle({ at: "waiting", conversation });
  };
  const room = (conversation: string): void => router.go({ at: "room", conversation });
  const placeName = place.value?.name ?? "";
  const enteredAt = useMemo(() => performance.now(), [router.screen.value]);
  const besideDraft = (conversation: string) => (draft: string) => (
    <HintMark draft={draft} said={talks.open(conversation).talk.items.value} listens helpOpened={helpOpenedAt.value > enteredAt} />
  );

  const lostIn = (conversation: string) => (name: string) => (
    <LetInAgain
      me={me}
      conversation={conversation}
      name={name}
      onCommitted={async () => {
        await talks.open(conversation).talk.catchUp();
        await talks.refresh();
      }}
    />
  );
  const closedHere = (name: string) => <NewKeyHere me={me} name={name} onOpened={(conversation) => talks.openedAgain(conversation)} />;

  if (!ready.value) return null;
  const instead = screen.at === "asking" ? (screen.instead ?? null) : null;
  const asking =
    nextStep() === "words" ? (
      <AskingWords
        me={me}
        invitation={invitation}
        onSealed={(a) => talks.keepFirstWords(a.conversation, a.mid, a.atMs, a.body)}
        onAsked={asked}
        before={instead === null ? null : () => letListenerGo(talks, instead)}
      />
    ) : (
      <AskingDoor place={place.value} onBack={screen.at === "asking" ? back : null} />
    );
  const waiting = (conversation: string) => (
    <Waiting
      me={me}
      place={place.value}
      conversation={conversation}
      news={talks.requestNews.value}
      onOpened={(id) => {
        waitingFor.value = null;
        router.settle({ at: "room", conversation: id });
      }}
      onStopped={() => {
        waitingFor.value = null;
        home();
      }}
      onKeep={kept ? null : () => router.go({ at: "keep" })}
    />
  );

  switch (screen.at) {
    case "waiting":
      return waiting(screen.conversation);
    case "asking":
      return instead === null ? (
        asking
      ) : (
        <>
          <div class="sheet sheet-notice">
            <Banner>{t("my_place.change_what", { name: listenerOf(instead, talks) })}</Banner>
          </div>
          {asking}
        </>
      );
    case "room":
      return (
        <Room
          key={screen.conversation}
          {...(listens(me.session.role) ? { beside: besideDraft(screen.conversation), lost: lostIn(screen.conversation) } : { openAgain: closedHere })}
          open={talks.open(screen.conversation)}
          above={
            <MirrorWordOf open={talks.open(screen.conversation)} onLookBack={() => router.go({ at: "mirror", conversation: screen.conversation })} />
          }
          below={<MirrorAskOf open={talks.open(screen.conversation)} quiet={helpOpenedAt.value > enteredAt} />}
          onEnd={() => afterTalk(screen.conversation)}
          onSignIn={() => void lock("ended")}
          onBack={me.session.role === "client" && !kept ? null : home}
          onHome={me.session.role === "client" ? home : null}
        />
      );
    case "mirror":
      return <MirrorOf key={screen.conversation} talks={talks} conversation={screen.conversation} onDone={home} />;
    case "after":
      return (
        <After talks={talks} conversation={screen.conversation} kept={kept} onKeep={() => router.go({ at: "keep" })} onLetGo={() => router.go({ at: "erase" })} onHome={home} />
      );
    case "keep":
      return <Keep me={me} placeName={placeName} why={kept ? "change" : "keep"} onDone={home} onBack={back} />;
    case "renew":
      return <Keep me={me} placeName={placeName} why="renew" onRenewed={() => talks.newEpochs()} onDone={home} onBack={back} />;
    case "things":
      return <ThingsOf talks={talks} placeName={placeName} onBack={back} />;
    case "erase":
      return (
        <EraseMe
          me={me}
          onErased={(receipt) => {
            router.settle({ at: "erased", receipt });
            void lock("by_hand");
          }}
          onTake={() => router.go({ at: "things" })}
          onBack={back}
        />
      );
    case "home":
    case "sign_in":
    case "come_back":
    case "join":
    case "erased":
      return atHome();
    default:
      return screen satisfies never;
  }

  function afterTalk(conversation: string): void {
    if (me.session.role === "client") router.go({ at: "after", conversation });
    else if (looksBack(talks.open(conversation).talk)) router.go({ at: "mirror", conversation });
    else home();
  }

  function atHome() {
    const conversations = (talks.list.value ?? []).filter((c) => c.kind === "pair");
    const { session } = me;
    const now = homeOf(session.role, session.recovering, session.record_kind, waitingFor.value !== null, conversations.length);
    const lives = keepFirst.value ? "keep_first" : now;
    switch (lives) {
      case "keep_first":
        return <Keep me={me} placeName={placeName} why={recovering.current ? "recovering" : "keep"} onDone={sheetChecked} onBack={null} />;
      case "asking":
        return asking;
      case "waiting":
        return waiting(waitingFor.value ?? "");
      case "my_place":
        return (
          <MyPlace
            talks={talks}
            kept={kept}
            onOpen={room}
            onAsk={() => router.go({ at: "asking", invitation: null })}
            onChangeListener={(conversation) => router.go({ at: "asking", invitation: null, instead: conversation })}
            onKeep={() => router.go({ at: "keep" })}
            onRenew={() => router.go({ at: "renew" })}
            onTake={() => router.go({ at: "things" })}
            onErase={() => router.go({ at: "erase" })}
            onLock={() => void lock("by_hand")}
          />
        );
      case "administrator":
        return <Administrator me={me} />;
      case "supervisor":
        return (
          <div class="sheet">
            <h1>{t("supervisor.title")}</h1>
            <p>{t("supervisor.lead")}</p>
            <WhoHears>{t("supervisor.who")}</WhoHears>
          </div>
        );
      case "today":
        return (
          <>
            <Today
              me={me}
              news={talks.requestNews.value}
              mine={conversations.map((c) => mineOf(c, talks))}
              onOpen={room}
              onAccepted={(conversation) => {
                announce(t("today.accepted"));
                void talks.refresh().finally(() => room(conversation));
              }}
            />
            <div class="sheet">
              {listens(session.role) && session.certified ? <Invite me={me} kind="client" disabled={place.value?.place_key === undefined} /> : null}
              <div class="stack-close">
                <Button wide onPress={() => router.go({ at: "keep" })}>
                  {t("my_place.password")}
                </Button>
                <Button wide onPress={() => router.go({ at: "renew" })}>
                  {t("renew.title")}
                </Button>
                <Button wide onPress={() => router.go({ at: "things" })}>
                  {t("things.title")}
                </Button>
              </div>
            </div>
          </>
        );
      default:
        return lives satisfies never;
    }
  }
}

async function firstLook(talks: Talks, waitingFor: { value: string | null }): Promise<void> {
  const { role, recovering } = talks.me.session;
  if (recovering) return;
  try {
    await talks.refresh();
    if (role !== "client") return;
    const waiting = (await myRequests()).find((r) => r.state === "waiting");
    waitingFor.value = waiting?.conversation ?? null;
  } catch {
    // The screens look again by themselves.
  }
}

function listenerOf(conversation: string, talks: Talks): string {
  const said = talks.list.value?.find((c) => c.conversation === conversation);
  return said?.members.find((m) => m.part === "listener")?.name ?? t("room.somebody");
}

/** A listener knows people by the names they chose, which only this device can open. */
function mineOf(said: ConversationSaid, talks: Talks): Mine {
  const { talk } = talks.open(said.conversation);
  const other = said.members.find((m) => m.account !== talks.me.session.account);
  const name = other === undefined ? null : (talk.names.value.get(other.account) ?? null);
  return { conversation: said.conversation, name: name ?? t("room.somebody"), unread: talk.unread.value, lastMs: said.at_ms };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Puts the screens together: who is here decides what stands, the router what comes next.
import { computed, effect, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AskingDoor } from "../features/requests/screen/asking.tsx";
import { SignIn } from "../features/accounts/screen/sign-in.tsx";
import { Banner } from "../web/kit/banner.tsx";
import { Button } from "../web/kit/button.tsx";
import { Mended, lazy } from "../web/kit/lazy.tsx";
import type { Router } from "../web/kit/router.ts";
import { deviceKeeps, here, lookWhoIsHere, signOut } from "../web/net/me.ts";
import { place, readPlace } from "../web/net/place.ts";
import { troubleWords } from "../web/net/trouble-words.ts";
import { learnAll } from "../web/words/load.ts";
import { t } from "../web/words/words.ts";
import { Frame } from "./frame.tsx";
import type { Screen, Wish } from "./screens.ts";

const Inside = lazy(() => import("./inside.tsx").then((m) => m.Inside));
const Join = lazy(() => import("../features/invitations/screen/join.tsx").then((m) => m.Join));
const ComeBack = lazy(() => import("../features/returns/screen/come-back.tsx").then((m) => m.ComeBack));
const NotMe = lazy(() => import("../features/returns/screen/not-me.tsx").then((m) => m.NotMe));
const DemoPeople = lazy(() => import("../features/accounts/screen/demo-people.tsx").then((m) => m.DemoPeople));
const ErasedReceipt = lazy(() => import("../features/accounts/screen/erase.tsx").then((m) => m.ErasedReceipt));

interface AppProps {
  readonly router: Router<Screen>;
  readonly wish: Wish;
}

const SCREEN_DRAWN_MS = 100;
const looked = signal(false);
const placeTrouble = signal<unknown>(null);
const placeName = computed(() => place.value?.name ?? "Hearken");

/** Which place this is, and who is here. */
export async function lookAround(): Promise<void> {
  placeTrouble.value = null;
  try {
    await Promise.all([readPlace(), lookWhoIsHere()]);
  } catch (error) {
    placeTrouble.value = error;
  }
  looked.value = true;
}

export function App({ router, wish }: AppProps) {
  useEffect(
    () =>
      effect(() => {
        document.title = placeName.value;
      }),
    [],
  );
  useEffect(() => {
    let first = true;
    return effect(() => {
      void router.screen.value;
      if (!first) setTimeout(beginAtHeading, SCREEN_DRAWN_MS);
      first = false;
    });
  }, [router]);
  return (
    <Frame name={placeName.value} country={place.value?.country ?? null}>
      {placeTrouble.value === null ? null : (
        <div class="sheet">
          <Banner look="warm" action={<Button onPress={() => void lookAround()}>{t("kit.retry")}</Button>}>
            {troubleWords(placeTrouble.value)}
          </Banner>
        </div>
      )}
      {place.value?.demo === true ? <p class="demo-line small">{t("demo.line")}</p> : null}
      <Mended>{looked.value ? <Body router={router} wish={wish} /> : null}</Mended>
    </Frame>
  );
}

/** A new screen begins at its heading, for those who hear the page and for the keyboard, unless something on it took the focus. */
function beginAtHeading(): void {
  const heading = document.querySelector<HTMLElement>("#content h1");
  if (heading === null || document.activeElement !== document.body) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function Body({ router, wish }: AppProps) {
  const standing = here.value;
  const screen = router.screen.value;
  if (screen.at === "erased") return <ErasedReceipt receipt={screen.receipt} onHome={() => location.assign("/")} />;
  switch (standing.is) {
    case "looking":
      return null;
    case "here":
      return (
        <>
          {deviceKeeps.value || standing.me.session.record_kind !== "device" || screen.at === "keep" ? null : <KeepsNothing onKeep={() => router.go({ at: "keep" })} />}
          {standing.me.session.role === "client" ? <NotMe /> : null}
          <Inside key={standing.me.session.account} me={standing.me} router={router} invitation={wish.is === "invited" ? wish.invitation : null} />
        </>
      );
    case "away":
      return (
        <>
          <Outside router={router} wish={wish} />
          {place.value?.demo === true ? (
            <div class="sheet">
              <DemoPeople />
            </div>
          ) : null}
        </>
      );
    default:
      return standing satisfies never;
  }
}

/** A private window, or a full device: said before somebody relies on coming back. */
function KeepsNothing({ onKeep }: { readonly onKeep: () => void }) {
  return (
    <div class="sheet sheet-notice">
      <Banner look="warm" action={<Button onPress={onKeep}>{t("after.keep")}</Button>}>
        {t("device.keeps_nothing")}
      </Banner>
    </div>
  );
}

function Outside({ router, wish }: AppProps) {
  const standing = here.value;
  const screen = router.screen.value;
  const startOver = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => void Promise.all([import("./inside.tsx"), learnAll()]).catch(() => undefined), 200);
    return () => clearTimeout(timer);
  }, []);
  if (standing.is !== "away") return null;
  const { session, why, device } = standing;
  if (screen.at === "join" && session === null) {
    return (
      <Join
        invitation={screen.invitation}
        onJoined={() => router.settle({ at: "home" })}
        onTalk={() => router.go({ at: "asking", invitation: screen.invitation })}
        onHome={() => location.assign("/")}
      />
    );
  }
  const fromNothing = (): void => {
    startOver.value = true;
    router.settle({ at: "home" });
  };
  if (screen.at === "come_back" && session === null) {
    return <ComeBack onBack={() => router.settle({ at: "sign_in" })} onNew={fromNothing} />;
  }
  const byDevice = session === null ? device !== null && !startOver.value : session.record_kind === "device";
  if (session !== null || byDevice || (screen.at === "sign_in" && !startOver.value)) {
    const withNothing = (): void => void (session === null ? Promise.resolve() : signOut()).then(() => router.settle({ at: "come_back" }));
    return (
      <SignIn
        handle={session?.handle ?? (byDevice ? device : null)}
        why={why}
        byDevice={byDevice}
        asksSecretKey={wish.is === "listening" || (session !== null && session.role !== "client")}
        onNew={session === null ? fromNothing : null}
        onNothing={session === null || session.role === "client" ? withNothing : null}
        onSignOut={session === null ? null : () => void signOut().then(() => router.settle({ at: "sign_in" }))}
      />
    );
  }
  return <AskingDoor place={place.value} onBack={null} />;
}

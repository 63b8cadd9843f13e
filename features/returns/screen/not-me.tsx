// SPDX-License-Identifier: AGPL-3.0-or-later
// Somebody says they are me and have lost their keys. Whoever still has the keys is told, and can stop it.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce } from "../../../web/kit/announce.tsx";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { onConnected, onTold } from "../../../web/net/me.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";
import { notMe, returnOfMe } from "./wire.ts";
import "./returns.css";

export function NotMe() {
  const by = useSignal<string | null>(null);
  const said = useSignal<string | null>(null);
  useEffect(() => {
    const look = (): void => {
      returnOfMe().then(
        (it) => {
          if (it.going_on && by.peek() === null) announce(t("not_me.asked", { name: it.listener_name ?? t("room.somebody") }));
          by.value = it.going_on ? (it.listener_name ?? t("room.somebody")) : null;
        },
        () => undefined,
      );
    };
    look();
    const stops = [
      onTold((told) => {
        if (told.t === "return") look();
      }),
      onConnected(look),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const stop = (): void => {
    notMe().then(
      () => {
        by.value = null;
        said.value = t("not_me.stopped");
      },
      (error: unknown) => (said.value = troubleWords(error)),
    );
  };
  if (by.value === null && said.value === null) return null;
  return (
    <div class="sheet not-me">
      {by.value === null ? (
        <Banner>{said.value}</Banner>
      ) : (
        <Banner look="danger" action={<Button look="danger" onPress={stop}>{t("not_me.stop")}</Button>}>
          {t("not_me.asked", { name: by.value })}
        </Banner>
      )}
    </div>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Who can hear this: who is in the talk, how well each key is known, and the check that two people can make at any time.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { PinnedHow } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { Dialog } from "../../../web/kit/dialog.tsx";
import { FourWords } from "../../../web/kit/four-words.tsx";
import { lookAtState, stateView } from "../../../web/net/me.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { t } from "../../../web/words/words.ts";
import type { Open } from "./talks.ts";

interface WhoProps {
  readonly open: Open;
  readonly names: (account: string) => string;
  readonly onClose: () => void;
  /** For whoever listens: what can be done for somebody who cannot come in any more. */
  readonly more: ComponentChildren;
}

export function WhoDialog({ open, names, onClose, more }: WhoProps) {
  const { talk, spoken } = open;
  const others = talk.members.value.filter((m) => m.account !== talk.me.session.account);
  const now = spoken.now.value;
  useEffect(() => void lookAtState(talk.me).catch(() => undefined), [talk]);
  const close = (): void => {
    if (now.is !== "asked" && now.is !== "waiting") spoken.close();
    onClose();
  };
  return (
    <Dialog title={t("who.title")} onClose={close}>
      <ul role="list" class="stack">
        {others.map((m) => (
          <li key={m.account} class="card stack-close">
            <h3>{names(m.account)}</h3>
            {m.part === "listener" ? <p class="small">{roleWords(m.role)}</p> : null}
            <p>{howWords(howOf(m.account))}</p>
            {now.is === "nothing" ? (
              <Button wide onPress={() => void spoken.begin(m.account)}>
                {t("spoken.check")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {others.length === 0 ? <p>{t("room.who_nobody")}</p> : null}
      <Check open={open} names={names} />
      {now.is === "nothing" ? more : null}
    </Dialog>
  );
}

function Check({ open, names }: Pick<WhoProps, "open" | "names">) {
  const { spoken } = open;
  const busy = useSignal(false);
  const now = spoken.now.value;
  if (now.is === "nothing") return null;
  const name = names(now.other);
  const again = <Button onPress={() => void spoken.begin(now.other)}>{t("spoken.again")}</Button>;
  switch (now.is) {
    case "asked":
      return (
        <Banner action={<Button look="primary" onPress={() => void spoken.answer()}>{t("spoken.go")}</Button>}>{t("spoken.asked", { name })}</Banner>
      );
    case "waiting":
      return <p role="status">{t("spoken.waiting", { name })}</p>;
    case "words":
      return <FourWords numbers={now.words} name={name} busy={busy.value} onSame={() => void spoken.same()} onDifferent={() => spoken.different()} />;
    case "same":
      return <Banner>{t("spoken.done", { name })}</Banner>;
    case "different":
      return (
        <Banner look="danger" action={again}>
          {t("spoken.not_same", { name })}
        </Banner>
      );
    case "broken":
      return (
        <Banner look="warm" action={again}>
          {t("spoken.broken")}
        </Banner>
      );
    default:
      return now satisfies never;
  }
}

export function howOf(account: string): PinnedHow | null {
  const pin = stateView.value?.pins.find((p) => p.account === account);
  return pin === undefined || pin.other_ik !== undefined ? null : pin.how;
}

function howWords(how: PinnedHow | null): string {
  switch (how) {
    case "spoken":
      return t("who.how_spoken");
    case "roster":
      return t("who.how_roster");
    case "invite":
      return t("who.how_invite");
    case "replaced":
      return t("who.how_replaced");
    case "first_seen":
      return t("who.how_first_seen");
    case null:
      return t("who.how_unknown");
    default:
      return how satisfies never;
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// What stands in the way of sending, said kindly, with what is safe and what can be done.
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { trust } from "../../../web/net/me.ts";
import { date } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import type { Open } from "./talks.ts";

interface HindranceProps {
  readonly open: Open;
  readonly onSignIn: () => void;
}

export function HindranceBanner({ open, onSignIn }: HindranceProps) {
  const { talk, outbox } = open;
  const now = outbox.hindrance.value;
  switch (now.is) {
    case "nothing":
      return null;
    case "waiting":
      return <Banner action={<Button onPress={() => outbox.hurry()}>{t("kit.retry")}</Button>}>{t("hindrance.waiting")}</Banner>;
    case "signed_out":
      return (
        <Banner look="warm" action={<Button look="primary" onPress={onSignIn}>{t("hindrance.sign_in")}</Button>}>
          {t("hindrance.signed_out")}
        </Banner>
      );
    case "not_stored":
      return <Banner look="warm">{t("hindrance.not_stored")}</Banner>;
    case "refused":
      return <Banner look="danger">{t("hindrance.refused")}</Banner>;
    case "new_reader":
      return (
        <Banner
          look="warm"
          action={
            <span class="row">
              <Button onPress={() => void outbox.answerNewReader(true)}>{t("hindrance.send")}</Button>
              <Button onPress={() => void outbox.answerNewReader(false)}>{t("hindrance.do_not_send")}</Button>
            </span>
          }
        >
          {t("hindrance.new_reader", { name: talk.names.value.get(now.reader.account) ?? t("room.somebody") })}
        </Banner>
      );
    case "stopped":
      return <Stopped open={open} why={now.why} />;
    default:
      return now satisfies never;
  }
}

/** The vault itself has stopped sealing: a person decides, never the page. */
function Stopped({ open, why }: { readonly open: Open; readonly why: string }) {
  const { talk, outbox } = open;
  const goOn = async (): Promise<void> => {
    talk.view.value = await talk.me.vault.ask("goOn", { conversation: talk.id });
    outbox.hindrance.value = { is: "nothing" };
    outbox.hurry();
  };
  switch (why) {
    case "forked":
      return (
        <Banner look="danger" action={<Button onPress={() => void goOn()}>{t("hindrance.go_on")}</Button>}>
          {t("hindrance.forked")}
        </Banner>
      );
    case "interrupted":
      return null; // said above, with what can be done (interrupted.tsx)
    case "outside":
      return beforeMe(open) ? null : <Banner look="warm">{t("hindrance.outside")}</Banner>; // a lost key is said above
    case "unpinned":
      return <NewKey open={open} onGoOn={goOn} />;
    default:
      return <Banner look="warm">{t("hindrance.locked")}</Banner>;
  }
}

/** My own name stands there with a key that I have lost. */
export function beforeMe({ talk }: Open): boolean {
  return talk.view.value?.members.some((m) => m.trust === "before") === true;
}

/** Another key than the one I know. When somebody in the talk confirmed it by voice, that is said, and a person can go on with it. */
function NewKey({ open, onGoOn }: { readonly open: Open; readonly onGoOn: () => Promise<void> }) {
  const { talk } = open;
  const replaced = talk.replaced.value;
  const member = talk.view.value?.members.find((m) => m.trust === "different" && m.account === replaced?.about);
  if (replaced === null || member === undefined) return <Banner look="danger">{t("hindrance.unpinned")}</Banner>;
  const name = (account: string): string => talk.names.value.get(account) ?? t("room.somebody");
  const take = async (): Promise<void> => {
    await trust(talk.me, member.account, member.ik, "replaced");
    await talk.settle();
    await onGoOn();
  };
  return (
    <Banner look="danger" action={<Button onPress={() => void take()}>{t("hindrance.take_new_key")}</Button>}>
      {t("hindrance.new_key", { name: name(replaced.about), by: name(replaced.by), date: date(replaced.atMs) })}
    </Banner>
  );
}

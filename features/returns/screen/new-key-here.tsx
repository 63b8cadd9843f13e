// SPDX-License-Identifier: AGPL-3.0-or-later
// A talk that still stands under a key I have lost, while I am here with a new one that another listener confirmed: whoever listens
// in this one gives a code too, we read four words to each other, and it opens again.
import { useSignal } from "@preact/signals";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { trust, type Me } from "../../../web/net/me.ts";
import { t } from "../../../web/words/words.ts";
import { CodeAndWords, type Meeting } from "./code-and-words.tsx";
import { comeAgainWith } from "./wire.ts";

interface NewKeyHereProps {
  readonly me: Me;
  readonly name: string;
  /** Reads the conversation anew: with the keys that were passed on. */
  readonly onOpened: (conversation: string) => Promise<void>;
}

export function NewKeyHere({ me, name, onOpened }: NewKeyHereProps) {
  const at = useSignal<"told" | "checking" | "opened">("told");
  const enter = async ({ checker }: Meeting): Promise<void> => {
    await trust(me, checker.listener, checker.listener_ik, "spoken");
    await onOpened(checker.conversation);
    at.value = "opened";
  };
  // Whoever listened here was let go before: nobody is left who could confirm.
  if (name === "") return <Banner look="warm">{t("new_key.nobody")}</Banner>;
  switch (at.value) {
    case "told":
      return (
        <Banner look="warm" action={<Button onPress={() => (at.value = "checking")}>{t("new_key.open")}</Button>}>
          {t("new_key.closed", { name })}
        </Banner>
      );
    case "checking":
      return (
        <section class="card">
          <CodeAndWords level="h2" title={t("new_key.title", { name })} lead={t("new_key.lead", { name })} meet={async (code) => ({ vault: me.vault, checker: await comeAgainWith(code) })} enter={enter} />
        </section>
      );
    case "opened":
      return <Banner>{t("new_key.opened", { name })}</Banner>;
    default:
      return at.value satisfies never;
  }
}

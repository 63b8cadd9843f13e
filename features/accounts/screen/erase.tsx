// SPDX-License-Identifier: AGPL-3.0-or-later
// Let it go: the keys are destroyed here and at the place, and a receipt says what is gone, what is not yet, and until when.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import type { Erased } from "../../../web/net/answers.ts";
import type { Me } from "../../../web/net/me.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { dateAndTime } from "../../../web/words/when.ts";
import { t } from "../../../web/words/words.ts";
import { erase } from "./wire.ts";

interface EraseProps {
  readonly me: Me;
  readonly onErased: (receipt: Erased | null) => void;
  readonly onTake: (() => void) | null;
  readonly onBack: () => void;
}

export function EraseMe({ me, onErased, onTake, onBack }: EraseProps) {
  const sure = useSignal(false);
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const go = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      onErased(await erase(me, () => (trouble.value = t("erase.silence"))));
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="sheet">
      <h1>{t("erase.title")}</h1>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      <p>{t("erase.what")}</p>
      <p>{t("erase.other")}</p>
      {onTake === null ? null : <Button onPress={onTake}>{t("erase.take_first")}</Button>}
      <label class="choice">
        <input type="checkbox" checked={sure.value} onChange={(e) => (sure.value = e.currentTarget.checked)} />
        <span>{t("erase.sure")}</span>
      </label>
      <div class="stack-close">
        <Button look="danger" wide busy={busy.value} disabled={!sure.value} onPress={() => void go()}>
          {busy.value ? t("erase.working") : t("erase.go")}
        </Button>
        <Button wide disabled={busy.value} onPress={onBack}>
          {t("erase.stay")}
        </Button>
      </div>
      <WhoHears>{t("erase.who")}</WhoHears>
    </div>
  );
}

interface ErasedReceiptProps {
  /** null: it was lost on the way. Then nothing is said that is not known. */
  readonly receipt: Erased | null;
  readonly onHome: () => void;
}

export function ErasedReceipt({ receipt, onHome }: ErasedReceiptProps) {
  if (receipt === null) {
    return (
      <Receipt title={t("erase.lost_title")} backups={t("erase.remains_backups_lost")} who={t("erase.who_lost")} onHome={onHome} onPrint={null}>
        <p>{t("erase.lost")}</p>
        <p>{t("erase.lost_sure")}</p>
      </Receipt>
    );
  }
  const until = dateAndTime(receipt.keys_in_backups_until_ms);
  return (
    <Receipt title={t("erase.done_title")} backups={t("erase.remains_backups", { time: until })} who={t("erase.who_done")} onHome={onHome} onPrint={() => print()}>
      <p>{t("erase.done", { count: receipt.conversations, time: dateAndTime(receipt.erased_at_ms) })}</p>
    </Receipt>
  );
}

interface ReceiptProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly backups: string;
  readonly who: string;
  readonly onPrint: (() => void) | null;
  readonly onHome: () => void;
}

function Receipt({ title, children, backups, who, onPrint, onHome }: ReceiptProps) {
  return (
    <div class="sheet">
      <h1>{title}</h1>
      {children}
      <section class="stack-close" aria-labelledby="remains">
        <h2 id="remains">{t("erase.remains")}</h2>
        <ul class="stack-close">
          <li>{backups}</li>
          <li>{t("erase.remains_elsewhere")}</li>
          <li>{t("erase.remains_disk")}</li>
        </ul>
      </section>
      <div class="row no-print">
        {onPrint === null ? null : <Button onPress={onPrint}>{t("erase.print")}</Button>}
        <Button look="primary" onPress={onHome}>
          {t("erase.home")}
        </Button>
      </div>
      <WhoHears>{who}</WhoHears>
    </div>
  );
}

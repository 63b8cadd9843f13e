// SPDX-License-Identifier: AGPL-3.0-or-later
// I have neither password nor sheet: a code from my listener, four words read to each other, and the place is mine again under new keys.
import { useEffect, useRef } from "preact/hooks";
import { startVault, type Vault } from "../../../web/bridge/vault/vault.ts";
import { Button } from "../../../web/kit/button.tsx";
import { WhoHears } from "../../../web/kit/who-hears.tsx";
import { takeUp, trust } from "../../../web/net/me.ts";
import { t } from "../../../web/words/words.ts";
import { CodeAndWords, type Meeting } from "./code-and-words.tsx";
import { bringKeys, comeWith } from "./wire.ts";

interface ComeBackProps {
  readonly onBack: () => void;
  readonly onNew: () => void;
}

export function ComeBack({ onBack, onNew }: ComeBackProps) {
  const vault = useRef<Vault | null>(null);
  const handle = useRef("");
  useEffect(() => () => void vault.current?.lock(), []);

  const meet = async (code: string): Promise<Meeting> => {
    await vault.current?.lock();
    const mine = (vault.current = startVault());
    const door = await comeWith(code);
    const { account, challenge, ek_serial, record_serial } = door;
    handle.current = door.handle;
    await bringKeys(await mine.ask("makeAccountAgain", { account, handle: door.handle, host: location.host, challenge, ek_serial, record_serial }));
    return { vault: mine, checker: door };
  };

  const enter = async ({ vault: mine, checker }: Meeting): Promise<void> => {
    vault.current = null; // it is ours now: leaving this screen does not put its keys away
    const me = await takeUp(mine, handle.current);
    await trust(me, checker.listener, checker.listener_ik, "spoken");
  };

  return (
    <div class="sheet">
      <CodeAndWords
        level="h1"
        title={t("come_back.title")}
        lead={t("come_back.lead")}
        meet={meet}
        enter={enter}
        belowCode={
          <>
            <p class="small muted">{t("come_back.no_way")}</p>
            <div class="row">
              <Button look="quiet" onPress={onBack}>
                {t("kit.back")}
              </Button>
              <Button look="quiet" onPress={onNew}>
                {t("sign_in.start_over")}
              </Button>
            </div>
          </>
        }
        belowEnd={
          <Button wide onPress={onNew}>
            {t("sign_in.start_over")}
          </Button>
        }
      />
      <WhoHears>{t("come_back.who")}</WhoHears>
    </div>
  );
}

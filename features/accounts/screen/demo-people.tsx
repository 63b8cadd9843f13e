// SPDX-License-Identifier: AGPL-3.0-or-later
// In a demonstration nobody is real and nobody has secrets: one press, and one is somebody.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { passwordBytes } from "../../../web/bridge/vault/vault.ts";
import { Banner } from "../../../web/kit/banner.tsx";
import { Button } from "../../../web/kit/button.tsx";
import { ROLES } from "../../../web/net/answers.ts";
import type * as contract from "../../../web/net/contract.ts";
import { list, maybe, oneOf, shape, text, type Decoded } from "../../../web/net/decode.ts";
import { ask, type Decoder } from "../../../web/net/http.ts";
import { comeBack } from "../../../web/net/me.ts";
import { roleWords } from "../../../web/net/role-words.ts";
import { troubleWords } from "../../../web/net/trouble-words.ts";
import { t } from "../../../web/words/words.ts";

const person = shape({ name: text, role: oneOf(...ROLES), handle: text, password: text, secret_key: maybe(text) }) satisfies Decoder<contract.DemoPerson>;
const demoAnswer = shape({ people: list(person) });
type Person = Decoded<typeof person>;

export function DemoPeople() {
  const people = useSignal<readonly Person[]>([]);
  const busy = useSignal<string | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    ask({ method: "GET", path: "/api/demo" }, demoAnswer).then(
      (answer) => (people.value = answer.people),
      () => undefined,
    );
  }, []);
  const be = async (who: Person): Promise<void> => {
    if (busy.value !== null) return;
    busy.value = who.handle;
    trouble.value = null;
    try {
      await comeBack(who.handle, { by: "password", password: () => passwordBytes(who.password), secretKey: who.secret_key ?? null });
    } catch (error) {
      trouble.value = troubleWords(error);
    } finally {
      busy.value = null;
    }
  };
  if (people.value.length === 0) return null;
  return (
    <section class="card" aria-labelledby="demo">
      <h2 id="demo">{t("demo.title")}</h2>
      <p>{t("demo.lead")}</p>
      {trouble.value === null ? null : <Banner look="warm">{trouble.value}</Banner>}
      <ul role="list" class="stack-close">
        {people.value.map((who) => (
          <li key={who.handle}>
            <Button wide busy={busy.value === who.handle} onPress={() => void be(who)}>
              {t("demo.be", { name: who.name, role: roleWords(who.role) })}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

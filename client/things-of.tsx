// SPDX-License-Identifier: AGPL-3.0-or-later
// Take my things, with the looks back that a listener has kept: what they say is known to features/reflections alone.
import type { Talk } from "../features/conversations/screen/talk.ts";
import type { Talks } from "../features/conversations/screen/talks.ts";
import { TakeThings } from "../features/conversations/screen/take-things.tsx";
import type { MirrorTaken } from "../features/conversations/screen/things.ts";
import { mainWords, tryWords } from "../features/reflections/screen/moment.tsx";
import { allKept, type Kept } from "../features/reflections/screen/mirror-sealed.ts";
import { date } from "../web/words/when.ts";
import { t } from "../web/words/words.ts";

interface ThingsOfProps {
  readonly talks: Talks;
  readonly placeName: string;
  readonly onBack: () => void;
}

export function ThingsOf(props: ThingsOfProps) {
  return <TakeThings {...props} mirrorsIn={keptIn} />;
}

function keptIn(talk: Talk, nameIn: (conversation: string) => string): MirrorTaken[] {
  return allKept(talk.mirrors.value).map((kept) => {
    const { position: _, keptMs: atMs, ...sealed } = kept;
    const name = nameIn(kept.conversation);
    return { atMs, sealed, title: t("things.mirror", { name, date: date(kept.atMs) }), parts: [...momentsOf(kept, name), { title: t("mirror.try"), lines: [tryWords(kept.tries)] }] };
  });
}

function momentsOf({ moments, heard }: Kept, name: string): MirrorTaken["parts"] {
  return moments.map((moment, i) => {
    const said = heard[i] ?? null;
    const before = moment.before === "" ? [] : [`${t("mirror.they_said", { name })} ${moment.before}`];
    const meaning = said === null || said === moment.main ? t(`mirror.why_${moment.kind}`) : t("things.mirror_corrected", { main: mainWords(said) });
    return { title: t(`mirror.moment_${moment.kind}`), lines: [...before, `${t("things.mirror_mine")} ${moment.words}`, meaning] };
  });
}

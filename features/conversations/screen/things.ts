// SPDX-License-Identifier: AGPL-3.0-or-later
// Take my things: what this device can open, as JSON for machines and as one HTML page for people. Made here, sent nowhere. Pure.
import type { Felt } from "./taking.ts";
import type { Item } from "./thread.ts";

export interface TalkTaken {
  readonly conversation: string;
  readonly kind: string;
  readonly members: readonly { readonly name: string; readonly part: string; readonly me: boolean }[];
  readonly names: ReadonlyMap<string, string>;
  readonly items: readonly Item[];
  readonly felt: readonly Felt[];
  readonly mirrors: readonly MirrorTaken[];
}

/** A look back that was kept: for machines as it was sealed, for people in sentences. What it says is the business of features/reflections. */
export interface MirrorTaken {
  readonly atMs: number;
  readonly sealed: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly parts: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

export interface Things {
  readonly place: string;
  readonly handle: string;
  readonly madeMs: number;
  readonly talks: readonly TalkTaken[];
}

export interface Sentences {
  readonly title: string;
  readonly made: string;
  readonly me: string;
  readonly somebody: string;
  readonly unverified: string;
  readonly gone: string;
  /** By answer: not really, partly, yes. */
  readonly felt: readonly [string, string, string];
  readonly alone: string;
  readonly locale: string;
}

const ANSWERS = ["no", "partly", "yes"] as const;

export function asJson(things: Things, words: Sentences): string {
  return JSON.stringify(
    {
      format: "hearken-things-1",
      place: things.place,
      handle: things.handle,
      made: new Date(things.madeMs).toISOString(),
      conversations: things.talks.map((talk) => ({
        conversation: talk.conversation,
        kind: talk.kind,
        members: talk.members,
        felt_heard: talk.felt.map(({ atMs, answer, text }) => ({ at: new Date(atMs).toISOString(), answer: ANSWERS[answer], text })),
        kept_mirrors: talk.mirrors.map(({ atMs, sealed }) => ({ at: new Date(atMs).toISOString(), ...sealed })),
        entries: talk.items.map((item) => entryOf(item, talk, words)),
      })),
    },
    null,
    2,
  );
}

function entryOf(item: Item, talk: TalkTaken, words: Sentences): Record<string, unknown> {
  const at = new Date(item.atMs).toISOString();
  if (item.kind === "line") return { position: item.position, at, says: item.says };
  const from = item.mine ? words.me : (talk.names.get(item.from) ?? words.somebody);
  const kept = item.position !== null;
  if (item.kind === "words") return { position: item.position, at, from, mine: item.mine, text: item.text, kept };
  return { position: item.position, at, from, mine: item.mine, file: { name: item.file.name, type: item.file.type, size: item.file.size }, kept };
}

export function asPage(things: Things, words: Sentences): string {
  const time = new Intl.DateTimeFormat(words.locale, { dateStyle: "long", timeStyle: "short" });
  const talks = things.talks.map((talk) => `<section><h2>${escaped(nameOf(talk))}</h2><ol>${rowsOf(talk).join("")}</ol></section>`);
  return `<!doctype html><html lang="${escaped(words.locale)}"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(words.title)}</title><style>body{font:1rem/1.6 system-ui,sans-serif;max-width:65ch;margin:2rem auto;padding:0 1rem}ol{list-style:none;padding:0}li{margin:1rem 0}h3{font-size:1rem;margin:.8rem 0 0}time{color:#52605e;font-size:.85rem}p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}</style><h1>${escaped(words.title)}</h1><p>${escaped(things.place)} · ${escaped(things.handle)} · ${escaped(words.made)} ${escaped(time.format(things.madeMs))}</p>${talks.join("")}</html>`;

  function nameOf({ kind, members }: TalkTaken): string {
    return kind === "private" ? words.alone : members.map((m) => m.name).join(", ");
  }

  /** Everything of one talk in the order in which it was said. */
  function rowsOf(talk: TalkTaken): string[] {
    const rows = [
      ...talk.items.map((item) => ({ atMs: item.atMs, row: row(item, talk) })),
      ...talk.felt.map((felt) => ({ atMs: felt.atMs, row: note(felt.atMs, words.felt[felt.answer], felt.text === "" ? "" : line(felt.text)) })),
      ...talk.mirrors.map((mirror) => ({ atMs: mirror.atMs, row: note(mirror.atMs, mirror.title, mirror.parts.map((part) => `<h3>${escaped(part.title)}</h3>${part.lines.map(line).join("")}`).join("")) })),
    ];
    return rows.sort((a, b) => a.atMs - b.atMs).map(({ row: one }) => one);
  }

  /** `inside`: what is escaped already. */
  function note(atMs: number, title: string, inside: string): string {
    return `<li><strong>${escaped(title)}</strong> <time>${escaped(time.format(atMs))}</time>${inside}</li>`;
  }

  function line(text: string): string {
    return `<p dir="auto">${escaped(text)}</p>`;
  }

  function row(item: Item, talk: TalkTaken): string {
    const when = `<time>${escaped(time.format(item.atMs))}</time>`;
    if (item.kind === "line") {
      const says = item.says === "unverified" ? words.unverified : item.says === "gone" ? words.gone : "";
      return says === "" ? "" : `<li>${when}<p>${escaped(says)}</p></li>`;
    }
    const who = item.mine ? words.me : (talk.names.get(item.from) ?? words.somebody);
    const said = item.kind === "words" ? item.text : item.file.name;
    return `<li><strong>${escaped(who)}</strong> ${when}<p dir="auto">${escaped(said)}</p></li>`;
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

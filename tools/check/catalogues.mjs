// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every sentence a person reads stands in web/words, in every language, with the same blanks to fill; screens hold no words of
// their own; no sentence is left over. Run by `make check`; catalogues.test.mjs breaks each rule on purpose.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOMS = ["web", "client", "features"];
/** German that speaks to somebody as "du": the formal variant must say it otherwise. */
const INFORMAL = /(^|[^\p{L}(])(du|dich|dir|dein|deine|deinen|deinem|deiner|deines|hast|bist|willst|kannst|möchtest)(?![\p{L}])/iu;
const FORMAL_SAFE = /(^|[^\p{L}(])(du|dich|dir|dein|deine|deinen|deinem|deiner|deines)(?![\p{L}])/iu;
const NEVER = /\b(user|patient|users|patients|zero-knowledge|Nutzer|Benutzer|Patient)\b/i;

const blanks = (sentence) => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort().join(" ");

/** Faults of the catalogues among themselves: strings. */
export function checkCatalogues({ en, de, formal }) {
  const faults = [];
  for (const [key, sentence] of Object.entries(en)) {
    if (de[key] === undefined) faults.push(`de has no "${key}"`);
    else if (blanks(de[key]) !== blanks(sentence)) faults.push(`"${key}" has other blanks in de`);
    const base = /^(.*)_(one|other)$/.exec(key);
    if (base && en[`${base[1]}_${base[2] === "one" ? "other" : "one"}`] === undefined) faults.push(`"${key}" lacks its other plural`);
    if (NEVER.test(sentence)) faults.push(`"${key}" says a word that stands on no screen`);
    if (sentence.trim() === "") faults.push(`"${key}" is empty`);
  }
  for (const [key, sentence] of Object.entries(de)) {
    if (en[key] === undefined) faults.push(`"${key}" is only in de`);
    if (INFORMAL.test(sentence) && formal[key] === undefined) faults.push(`"${key}" says du, and de-formal has nothing else`);
    if (NEVER.test(sentence)) faults.push(`"${key}" says a word that stands on no screen (de)`);
  }
  for (const [key, sentence] of Object.entries(formal)) {
    if (de[key] === undefined) faults.push(`"${key}" is only in de-formal`);
    else if (blanks(de[key]) !== blanks(sentence)) faults.push(`"${key}" has other blanks in de-formal`);
    if (FORMAL_SAFE.test(sentence)) faults.push(`"${key}" says du in de-formal`);
    if (de[key] === sentence) faults.push(`"${key}" is the same in de-formal: leave it out`);
  }
  return faults;
}

/** Words that stand in a screen's drawing instead of the catalogue: [{line, text}]. */
export function literalWords(source) {
  const faults = [];
  const bare = source.replace(/\/\*[\s\S]*?\*\//g, (m) => m.replace(/[^\n]/g, " ")).replace(/^\s*\/\/.*$/gm, "");
  bare.split("\n").forEach((text, index) => {
    if (/^\s*(export |async |static |const |let |type |interface |readonly |function )/.test(text)) return;
    const between = /(?:<[\w.]+[^<>=]*|["}])>\s*([^<>{}]*\p{L}{2,}[^<>{}]*)</u.exec(text);
    const attribute = /\s(?:aria-label|title|placeholder|alt|label|legend)="([^"]*\p{L}{2,}[^"]*)"/u.exec(text);
    const alone = /^\s+(\p{Lu}\p{L}+(?: [\p{L}',]+){1,}[.?!]?)\s*$/u.exec(text);
    const found = between ?? attribute ?? alone;
    if (found) faults.push({ line: index + 1, text: found[1].trim() });
  });
  return faults;
}

/** Sentences nobody says. A key put together at run time (`place.wrong_${...}`) says all that begin like it. */
export function checkUse(en, sources) {
  const all = sources.join("\n");
  const known = new Set(Object.keys(en).map((key) => key.replace(/_(one|other)$/, "")));
  const beginnings = [...all.matchAll(/`([\w.]+_)\$\{/g)].map((m) => m[1]);
  const isSaid = (key) => all.includes(`"${key}"`) || all.includes(`{${key}}`) || all.includes(`:${key}}`) || beginnings.some((b) => key.startsWith(b));
  return [...known].filter((key) => !isSaid(key)).map((key) => `nobody says "${key}"`);
}

function* files(dir, wanted) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const at = join(dir, entry.name);
    if (entry.isDirectory()) yield* files(at, wanted);
    else if (wanted(entry.name)) yield at;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const top = join(fileURLToPath(import.meta.url), "../../..");
  const read = (name) => JSON.parse(readFileSync(join(top, "web/words", `${name}.json`), "utf8"));
  const en = read("en");
  const faults = checkCatalogues({ en, de: read("de"), formal: read("de-formal") });
  const sources = [];
  for (const room of ROOMS) {
    for (const at of files(join(top, room), (name) => /\.(tsx?|html)$/.test(name) && !/\.test\.tsx?$/.test(name))) {
      const source = readFileSync(at, "utf8");
      sources.push(source);
      if (!at.endsWith(".tsx")) continue;
      for (const { line, text } of literalWords(source)) faults.push(`${relative(top, at)}:${line}: "${text}" belongs into web/words`);
    }
  }
  sources.push(readFileSync(join(top, "tools/web/pages.mjs"), "utf8"));
  faults.push(...checkUse(en, sources));
  for (const fault of faults) console.error(fault);
  console.log(`catalogues: ${Object.keys(en).length} sentences, ${faults.length} faults`);
  process.exit(faults.length > 0 ? 1 : 0);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// The pages: front.html and app.html of client/pages with addresses and sentences put in. The front page is made once for each
// language and reads without script; its crisis numbers come from the same data as the panel's. app.html is every page that is
// drawn by script: what differs between them stands in APPS.
//
//   "@SOURCE"        the built address of an entry
//   {{key}}          a sentence of the page's language;  {{de:key}}  of that language
//   {{=lang}}        language tag;  {{=languages}}, {{=crisis}}, {{=place}} and the like  the parts made below
import * as fs from "node:fs";
import * as path from "node:path";

/** Where each language's front page stands. The first one is the page for everybody we know nothing of. */
const FRONTS = [
  { language: "en", url: "/", file: "index.html", own: "English" },
  { language: "de", url: "/de", file: "de.html", own: "Deutsch" },
  { language: "de-formal", url: "/de-formal", file: "de-formal.html", own: "Deutsch (Sie)" },
];

/** The same page may have two names: /join is what stands in invitations. */
const APPS = [
  { urls: ["/talk", "/join"], entry: "client/main", needs: "front.needs_script", about: () => '<meta name="robots" content="noindex" />\n    <title>Hearken</title>' },
  {
    urls: ["/try"],
    entry: "client/try",
    needs: "try.needs_script",
    about: (say) => `<title>${escaped(say("try.title"))}</title>\n    <meta name="description" content="${escaped(say("try.lead"))}" />`,
  },
];

export function addPages(out, root, addresses) {
  const dir = path.join(root, "client/pages");
  const words = catalogues(path.join(root, "web/words"));
  const crisis = JSON.parse(fs.readFileSync(path.join(root, "features/safety/data/crisis.json"), "utf8"));
  const read = (name) => addressed(fs.readFileSync(path.join(dir, name), "utf8"), addresses, name);
  const front = read("front.html");
  for (const page of FRONTS) {
    const say = speaker(words, page.language);
    const html = filled(front, words, say, { lang: tag(page), languages: languageLinks(page), crisis: crisisList(crisis, say, tag(page)), place: placeParts(out, "low") });
    out.add(page.file, Buffer.from(html), false, page.url);
  }
  const app = fs.readFileSync(path.join(dir, "app.html"), "utf8");
  const say = speaker(words, "en");
  for (const { urls, entry, needs, about } of APPS) {
    const needsScript = (language) => escaped(speaker(words, language)(needs));
    const place = entry === "client/main" ? placeParts(out, "high") : "";
    const parts = { about: about(say), style: `@${entry}.css`, script: `@${entry}.tsx`, place, needs_script: needsScript("en"), needs_script_de: needsScript("de") };
    const html = Buffer.from(addressed(filled(app, words, say, parts), addresses, "app.html"));
    for (const url of urls) out.add(`${url.slice(1)}.html`, html, false, url);
  }
}

function catalogues(dir) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(dir, `${name}.json`), "utf8"));
  const de = read("de");
  return { en: read("en"), de, "de-formal": { ...de, ...read("de-formal") } };
}

function speaker(words, language) {
  return (key, fill = {}) => {
    const sentence = words[language][key];
    if (sentence === undefined) {
      throw new Error(`${language} has no sentence "${key}"`);
    }
    return sentence.replace(/\{\{(\w+)\}\}/g, (_, name) => fill[name]);
  };
}

function tag(page) {
  return page.language.slice(0, 2);
}

function filled(html, words, say, parts) {
  return html.replace(/\{\{(=?)(?:([a-z-]+):)?([\w.]+)\}\}/g, (_, part, language, key) => {
    if (part === "=") {
      return parts[key];
    }
    return escaped((language === undefined ? say : speaker(words, language))(key));
  });
}

function addressed(html, addresses, name) {
  return html.replace(/"@([^"]+)"/g, (_, source) => {
    const address = addresses[source];
    if (address === undefined) {
      throw new Error(`${name} names "@${source}", which is no entry`);
    }
    return `"${address}"`;
  });
}

// All of the place's script at once, instead of one file that names the next; on the front page, while somebody reads it.
function placeParts(out, priority) {
  return out.placeParts.map((file) => `<link rel="modulepreload" href="/${file}" fetchpriority="${priority}" />`).join("");
}

function languageLinks(here) {
  return FRONTS.map((page) =>
    page === here
      ? `<span class="front-language" aria-current="page" lang="${tag(page)}">${page.own}</span>`
      : `<a href="${page.url}" lang="${tag(page)}" hreflang="${tag(page)}">${page.own}</a>`,
  ).join(" ");
}

function crisisList(crisis, say, language) {
  const countries = new Intl.DisplayNames(language, { type: "region" });
  const months = new Intl.DateTimeFormat(language, { month: "long", year: "numeric" });
  const codes = [...new Set(crisis.lines.map((line) => line.country))];
  const named = codes.map((code) => ({ code, name: countries.of(code) })).sort((a, b) => a.name.localeCompare(b.name, language));
  return named.map(({ code, name }) => `<details data-country="${code}"><summary>${escaped(name)}</summary><ul>${linesOf(code).join("")}</ul></details>`).join("");

  function linesOf(code) {
    const lines = crisis.lines.filter((line) => line.country === code);
    lines.sort((a, b) => Number(a.kind === "emergency") - Number(b.kind === "emergency"));
    return lines.map((line) => {
      const month = months.format(new Date(`${line.checked_on}-15T12:00:00Z`));
      const checked = say(line.confirmed ? "crisis.seen" : "crisis.unconfirmed", { month });
      const who = line.kind === "emergency" ? say("crisis.emergency") : line.name;
      return (
        `<li><a class="button button-help" href="tel:${line.number.replace(/[^0-9+]/g, "")}">` +
        `${escaped(say("crisis.call", { number: line.number }))}</a> <span>${escaped(who)}</span> ` +
        `<span class="small muted">${escaped(checked)}</span></li>`
      );
    });
  }
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

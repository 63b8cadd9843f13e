// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Is tools/packages.txt whole? One line a package, sorted, each with its reason; and everything that the scripts, the
// Makefile, Meson and the tests call comes from a package of the list or from one that such a package brings along.
// Its test (packages.test.mjs) runs this on the tree and shows it lists that are not whole.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";

/** The faults in the text of the list. */
export function listFaults(text) {
  const faults = [];
  const names = [];
  for (const line of text.split("\n").filter((l) => l !== "" && !l.startsWith("#"))) {
    const found = /^([a-z0-9][a-z0-9.+-]+) +# \S/.exec(line);
    if (found === null) faults.push(`not "NAME # why": ${line}`);
    else names.push(found[1]);
  }
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) faults.push(`${name} stands there twice`);
    else if (i > 0 && names[i - 1] > name) faults.push(`${name} is not in its place`);
  });
  return faults;
}

export const namesOf = (text) => [...text.matchAll(/^([a-z0-9][a-z0-9.+-]+) +#/gm)].map((found) => found[1]);

const SHELL_WORDS = new Set(
  ("if then else elif fi for while until do done case esac in function time select coproc alias bg bind break builtin cd command " +
    "continue declare echo eval exec exit export false fg getopts hash help jobs kill let local mapfile printf pwd read " +
    "readonly return set shift shopt source test trap true type typeset ulimit umask unset wait").split(" "),
);
const BEFORE_A_COMMAND = new Set(["if", "then", "else", "elif", "while", "until", "do", "time", "exec", "!", "env", "sudo", "nice", "timeout", "command"]);

/** The programs a shell script (or a Makefile's recipe) calls: what stands where a command stands. */
export function commandsIn(script) {
  const plain = script
    .replace(/\\\n/g, " ")
    .replace(/^\t[@-]*/gm, "")
    .replace(/(^|[\s;])#.*$/gm, "$1") // comments
    .replace(/<<'?(\w+)'?[^\n]*\n[^]*?\n\1\n/g, "\n") // documents in place
    .replace(/\\["']/g, "")
    .replace(/'[^']*'/g, "''")
    .replace(/\$\{[^}]*\}/g, "$x")
    .replace(/"([^"]*)"/g, (_, inside) => `"" ${[...inside.matchAll(/\$\(([^()]*)\)/g)].map((m) => `$(${m[1]})`).join(" ")}`);
  const functions = new Set([...plain.matchAll(/^\s*(?:function\s+)?([a-z_]\w*)\s*\(\)/gm)].map((m) => m[1]));
  const found = new Set();
  for (const part of plain.split(/\n|;|\|+|&+|\$\(|[(){}]|<\(/)) {
    const words = part.trim().split(/\s+/);
    while (words.length > 0 && (BEFORE_A_COMMAND.has(words[0]) || /^[A-Za-z_]\w*\+?=/.test(words[0]) || /^(-\S+|\d+)$/.test(words[0]))) words.shift();
    const word = words[0] ?? "";
    if (/^[a-z][a-z0-9.+_-]*[a-z0-9+]$/.test(word) && !SHELL_WORDS.has(word) && !functions.has(word) && !/\.(sh|c|h|mjs|ts)$/.test(word)) found.add(word);
  }
  return [...found];
}

/** The programs that a script of ours starts by a name of its own: spawn("openssl", ...). */
export const startedIn = (script) =>
  [...script.matchAll(/\b(?:spawn|spawnSync|execFile|execFileSync)\(\s*["']([a-z][\w.+-]*)["']/g)].map((m) => m[1]);

/** The libraries a meson.build asks pkg-config for, and the programs it wants. */
export const dependenciesIn = (text) => [...text.matchAll(/\bdependency\('([\w.+-]+)'/g)].map((m) => m[1]);
export const programsIn = (text) => [...text.matchAll(/\bfind_program\('([\w+-]+)'/g)].map((m) => m[1]);

// ---- What this machine knows about packages

const ask = (program, words) => execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** Of the installed packages: { essential, brings: what each depends on }, by name. */
export function installed() {
  const rows = ask("dpkg-query", ["-W", "-f", "${Package}\t${db:Status-Status}\t${Essential}\t${Provides}\t${Pre-Depends}, ${Depends}\n"])
    .split("\n")
    .map((line) => line.split("\t"))
    .filter((row) => row[1] === "installed");
  const names = (field) => field.split(/[,|]/).map((part) => part.trim().split(/[ (:]/)[0]).filter((name) => name !== "");
  const packages = new Map();
  for (const [name, , essential, , needs] of rows) packages.set(name, { essential: essential === "yes", brings: names(needs) });
  for (const [name, , , provides] of rows)
    for (const virtual of names(provides)) if (!packages.has(virtual)) packages.set(virtual, { essential: false, brings: [name] });
  return packages;
}

/** These packages, the essential ones, and all that they bring along. */
export function closure(packages, names) {
  const all = new Set();
  const waiting = [...names, ...[...packages].filter(([, p]) => p.essential).map(([name]) => name)];
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (all.has(name) || !packages.has(name)) continue;
    all.add(name);
    waiting.push(...packages.get(name).brings);
  }
  return all;
}

/** The names under which a package may have brought this file. */
const namesOfFile = (file) => [file, file.replace(/^\/usr\//, "/"), `/usr${file}`, realpathSync(file)];

/** Which package each of these files came from, asked once for all. */
function ownersOf(files) {
  const found = spawnSync("dpkg-query", ["-S", ...new Set(files.flatMap(namesOfFile))], { encoding: "utf8", maxBuffer: 1 << 24 });
  const owners = new Map([...found.stdout.matchAll(/^([^:, ]+)[^ ]*.*?: (\/.*)$/gm)].map((m) => [m[2], m[1]]));
  return new Map(files.map((file) => [file, namesOfFile(file).map((name) => owners.get(name)).find((name) => name !== undefined) ?? null]));
}

function fileOf(kind, name) {
  try {
    if (kind === "library") return `${ask("pkg-config", ["--variable=pcfiledir", name]).trim()}/${name}.pc`;
    return ask("sh", ["-c", `PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${name}`]).trim();
  } catch {
    return null;
  }
}

/** What is used and comes with no package of the list. apt is how they come; node and npm the installer looks for itself.
 *  A word at a command's place that no program here is called by is only a word. */
export function missing(used, names, packages) {
  const all = closure(packages, [...names, "apt", "nodejs", "npm"]);
  const files = new Map(used.map(({ kind, name }) => [`${kind} ${name}`, undefined]));
  for (const key of files.keys()) files.set(key, fileOf(...key.split(" ")));
  const owners = ownersOf([...new Set([...files.values()].filter((file) => file !== null))]);
  const faults = [];
  for (const { kind, name, where } of used) {
    const file = files.get(`${kind} ${name}`);
    if (file === null && kind === "word") continue;
    const owner = owners.get(file) ?? null;
    if (!all.has(owner)) faults.push(`${where}: ${name} (${owner ?? "of no package here"})`);
  }
  return faults;
}

/** Everything that the files of the tree call. */
export function usedIn(files, read = (file) => readFileSync(file, "utf8")) {
  const used = [];
  const add = (kind, names, where) => names.forEach((name) => used.push({ kind, name, where }));
  for (const file of files) {
    if (/(^|\/)Makefile$|\.sh$/.test(file)) add("word", commandsIn(recipes(file, read(file))), file);
    else if (/\.(mjs|ts)$/.test(file)) add("program", startedIn(read(file)), file);
    else if (/meson\.build$/.test(file)) {
      add("library", dependenciesIn(read(file)).filter((name) => name !== "threads"), file); // the C library's own
      add("program", programsIn(read(file)), file);
    }
  }
  return used;
}

/** Of a Makefile only the recipes are shell. */
const recipes = (file, text) => (/Makefile$/.test(file) ? text.split("\n").filter((line) => line.startsWith("\t")).join("\n").replaceAll("$$", "$") : text);

// SPDX-License-Identifier: AGPL-3.0-or-later
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { closure, commandsIn, dependenciesIn, installed, listFaults, missing, namesOf, programsIn, startedIn, usedIn } from "./packages.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const LIST = readFileSync(`${TOP}tools/packages.txt`, "utf8");
const on_debian = existsSync("/usr/bin/dpkg-query");

test("a package that stands twice, out of its place or without a reason is found", () => {
  assert.deepEqual(listFaults("# head\ncurl # test: asks\nmeson   # builds\n"), []);
  assert.deepEqual(listFaults("caddy # a\ncaddy # b\n"), ["caddy stands there twice"]);
  assert.deepEqual(listFaults("meson # a\ncurl # b\n"), ["curl is not in its place"]);
  assert.equal(listFaults("curl\n").length, 1);
});

test("the list is sorted, names each package once, and says why", () => assert.deepEqual(listFaults(LIST), []));

test("what a script calls is found where a command stands, and nowhere else", () => {
  const script = `set -e # not a tool
here=$(dirname "$0")
say() { printf '%s' "jq is a word"; }
if ! grep -q "$(sha256sum file)" <<<"$x"; then FOO=1 nice tar -x | xz -d; fi
say "install jq" && exec node build.mjs
cat <<'END' >file
jq in a document
END
`;
  assert.deepEqual(commandsIn(script).sort(), ["cat", "dirname", "grep", "node", "sha256sum", "tar", "xz"]);
  assert.deepEqual(startedIn(`spawn("sleep", ["60"]); execFileSync('openssl', []); spawn(path.join(BUILD, "x"))`), ["sleep", "openssl"]);
  assert.deepEqual(dependenciesIn("dependency('sqlite3')\ndependency('cmocka', required: false)"), ["sqlite3", "cmocka"]);
  assert.deepEqual(programsIn("find_program('nginx', required: false)\nfind_program('../x.sh')"), ["nginx"]);
});

test("everything the build and the tests call comes with a package of the list", { skip: !on_debian }, () => {
  const files = execFileSync("git", ["-C", TOP, "ls-files"], { encoding: "utf8" }).trim().split("\n");
  const used = usedIn(files.map((file) => TOP + file));
  assert.ok(used.length > 80, String(used.length));
  assert.deepEqual(missing(used, namesOf(LIST), installed()), []);
});

test("a list that lacks one is found to lack it", { skip: !on_debian }, () => {
  const used = [
    { kind: "library", name: "jansson", where: "x" },
    { kind: "program", name: "clang-format-14", where: "x" },
    { kind: "program", name: "no-such-program", where: "x" },
    { kind: "word", name: "no-such-word", where: "x" },
  ];
  const names = namesOf(LIST);
  const packages = installed();
  assert.equal(missing(used, names, packages).length, 1);
  assert.equal(missing(used, names.filter((name) => name !== "libjansson-dev" && name !== "clang-format-14"), packages).length, 3);
  assert.ok(closure(packages, []).size > 20);
});

// Packages that only `make model` and `make bench-listening` need may be missing here: they must not be asked for.
test("a run where everything is there asks nobody for anything", { skip: !on_debian }, () => {
  const folder = mkdtempSync(`${tmpdir()}/hearken-packages-`);
  for (const name of ["apt-get", "sudo"]) writeFileSync(`${folder}/${name}`, "#!/bin/sh\necho \"$0 $*\" >&2\nexit 9\n", { mode: 0o755 });
  const install = (purpose, list = LIST) => {
    mkdirSync(`${folder}/tools`, { recursive: true });
    writeFileSync(`${folder}/tools/packages.txt`, list);
    copyFileSync(`${TOP}tools/install-packages.sh`, `${folder}/tools/install-packages.sh`);
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return spawnSync(`${folder}/tools/install-packages.sh`, [purpose], { encoding: "utf8", env });
  };
  for (const purpose of ["run", "test"]) {
    const again = install(purpose);
    assert.deepEqual([again.status, again.stdout], [0, "packages: everything is here\n"], again.stderr);
  }
  const more = install("run", `${LIST}zzz-no-such # to be missed\nzzz-test # test: not now\n`);
  assert.equal(more.status, 9);
  assert.match(more.stdout, /^packages: installing zzz-no-such\n$/);
  assert.match(more.stderr, /apt-get update/);
  rmSync(folder, { recursive: true });
});

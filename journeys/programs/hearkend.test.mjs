// SPDX-License-Identifier: AGPL-3.0-or-later
//
// `hearkend` at a terminal: what it says when it is asked wrongly, in which order it believes its settings, and that
// what it writes is nobody else's.
import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { test } from "node:test";
import { freePort } from "../crash/demo_place.mjs";
import { done, folder, hearkend, leftOutOfManPage, refused, serve, sql } from "./programs.mjs";

const top = folder("programs");
const fresh = () => path.join(fs.mkdtempSync(path.join(top, "place-")), "place.db");
const init = (db, ...more) => hearkend(["init", "--db", db, "--name", "Quiet Harbour", ...more]);
const nameOf = async (db) => (await sql(db, "SELECT name FROM place"))[0];
const modeOf = (file) => (fs.statSync(file).mode & 0o777).toString(8);

// ---- asked for wrongly

test("a command nobody knows, none at all, and an option before the command are asked for wrongly", async () => {
  refused(await hearkend([]), 2, /hearkend COMMAND/);
  refused(await hearkend(["fly"]), 2, /no command with this name/);
  refused(await hearkend(["--db", "x.db", "serve"]), 2, /no command with this name/);
});

test("what is wrong with an option is said in words, with its name", async () => {
  refused(await hearkend(["serve", "--bogus", "1"]), 2, /hearkend serve: There is no option --bogus/);
  refused(await hearkend(["serve", "--readers", "99"]), 2, /readers is a whole number from 1 to 8/);
  refused(await hearkend(["serve", "--readers", "two"]), 2, /readers is a whole number from 1 to 8/);
  refused(await hearkend(["serve", "--db"]), 2, /--db/);
  refused(await hearkend(["serve", "--json=maybe"]), 2, /json/);
  refused(await hearkend(["serve", "extra"]), 2, /takes options only/);
  refused(await hearkend(["init"]), 2, /--name/);
  refused(await hearkend(["backup"]), 2, /name the file to write/);
  refused(await hearkend(["backup", "a", "b"]), 2, /name the file to write/);
  refused(await hearkend(["restore"]), 2, /name the backup/);
  refused(await hearkend(["check", "me"]), 2, /takes options only/);
  refused(await hearkend(["audit"]), 2, /audit verify/);
  refused(await hearkend(["audit", "rewrite"]), 2, /audit verify/);
});

test("a configuration file that is missing, unnamed, or has an unknown key is refused, the key with its line", async () => {
  const file = path.join(top, "wrong.conf");
  refused(await hearkend(["check", "--config", path.join(top, "nothing.conf")]), 2, /cannot be read: No such file/);
  refused(await hearkend(["check", "--config"]), 2, /--config wants the name of a file/);
  fs.writeFileSync(file, "# ours\n\nreaders = 2\ncolour = blue\n");
  refused(await hearkend(["check", `--config=${file}`]), 2, /line 4 of the configuration: there is no setting with this name/);
  fs.writeFileSync(file, "readers = 2\nreaders\n");
  refused(await hearkend(["check", "--config", file]), 2, /line 2/);
  fs.writeFileSync(file, Buffer.alloc(70_000, "#"));
  refused(await hearkend(["check", "--config", file]), 2, /longer than 64 KiB/);
});

test("a head that is none is asked for wrongly", async () => {
  const db = fresh();
  done(await init(db));
  for (const head of ["7", "0:abc", "x:y", `3:${"A".repeat(42)}`])
    refused(await hearkend(["audit", "verify", "--db", db, "--head", head]), 2, /COUNT:HASH/);
});

// ---- went wrong

test("a database in a folder that is not there goes wrong in words", async () => {
  refused(await init(path.join(top, "no/such/folder/place.db")), 1, /folder .* cannot be used: No such file/);
  for (const command of [["serve"], ["check"], ["audit", "verify"], ["backup", path.join(top, "b.db")]]) {
    const result = await hearkend([...command, "--db", path.join(top, "no/place.db")]);
    assert.equal(result.code, 1, `${command}: ${result.err}`);
    assert.match(result.err, /cannot be used|no database/);
  }
});

test("a file that is no database is refused and left as it was", async () => {
  const db = fresh();
  fs.writeFileSync(db, "this is a letter, not a database\n".repeat(100));
  refused(await init(db), 1, /cannot be opened/);
  assert.match(fs.readFileSync(db, "utf8"), /^this is a letter/);
});

test("init on a place that was made already changes nothing", async () => {
  const db = fresh();
  done(await init(db));
  const before = await sql(db, "SELECT * FROM invitations");
  refused(await hearkend(["init", "--db", db, "--name", "Another"]), 1, /a place already. Nothing was changed/);
  assert.equal(await nameOf(db), "Quiet Harbour");
  assert.deepEqual(await sql(db, "SELECT * FROM invitations"), before);
});

test("serving on a taken port, or without its key, ends in clear words", async () => {
  const db = fresh();
  done(await init(db));
  const taken = net.createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  refused(await hearkend(["serve", "--db", db, "--listen", `127.0.0.1:${taken.address().port}`]), 1, /the port is in use/);
  taken.close();
  fs.renameSync(`${db}-key`, `${db}-elsewhere`);
  refused(await hearkend(["serve", "--db", db, "--listen", `127.0.0.1:${await freePort()}`]), 1, /key file is not there/);
  fs.writeFileSync(`${db}-key`, "short");
  refused(await hearkend(["serve", "--db", db, "--listen", `127.0.0.1:${await freePort()}`]), 1, /key file cannot be read/);
});

test("a second server on one database is refused", async () => {
  const db = fresh();
  done(await init(db));
  const first = await serve(["--db", db, "--listen", `127.0.0.1:${await freePort()}`]);
  refused(await hearkend(["serve", "--db", db, "--listen", `127.0.0.1:${await freePort()}`]), 1, /another process has the database/);
  assert.equal(await first.stop(), 0);
});

test("a key file that others can read is found, and restore refuses a backup that is not there", async () => {
  const db = fresh();
  done(await init(db));
  fs.chmodSync(`${db}-key`, 0o644);
  const check = await hearkend(["check", "--db", db]);
  assert.match(check.out, /^look +key file +others on this machine can read it: make it mode 600/m);
  assert.match(check.err, /make it mode 600/);
  const size = fs.statSync(db).size;
  refused(await hearkend(["restore", path.join(top, "none.db"), "--db", db]), 1, /nothing was changed/);
  assert.equal(fs.statSync(db).size, size);
  assert.equal(await nameOf(db), "Quiet Harbour");
});

// ---- as it should be

test("help and version are answers, not errors, and every command is in the help", async () => {
  assert.match(done(await hearkend(["--version"])), /^hearkend \d+\.\d+\.\d+\n$/);
  const help = done(await hearkend(["--help"]));
  for (const word of ["serve", "init", "backup FILE", "restore FILE", "check", "audit verify", "--db", "--config", "Exit codes: 0"])
    assert.ok(help.includes(word), word);
  assert.equal(done(await hearkend(["help"])), help);
  assert.equal(done(await hearkend(["serve", "--help"])), help);
});

test("the man page names every option that the help names", async () => {
  const help = done(await hearkend(["--help"]));
  assert.ok(help.split("\n  --").length > 20);
  assert.deepEqual(leftOutOfManPage("hearkend.8", help), []);
  assert.deepEqual(leftOutOfManPage("hearkend.8", "  --db FILE\n  --dance NAME\n"), ["dance"]);
});

test("the file beats the default, the environment beats the file, a flag beats both", async () => {
  const file = path.join(top, "place.conf");
  const invited = async (words, env) => JSON.parse(done(await hearkend(["init", "--json", "--db", fresh(), "--name", "x", ...words], { env }))).link;
  fs.writeFileSync(file, "# where we are\norigin = https://file.example.org\n");
  assert.match(await invited([], {}), /^http:\/\/127\.0\.0\.1:8080\/join#1\./);
  assert.match(await invited(["--config", file], {}), /^https:\/\/file\.example\.org\/join#/);
  assert.match(await invited([], { HEARKEND_CONFIG: file }), /^https:\/\/file\.example\.org\/join#/);
  const env = { HEARKEND_CONFIG: file, HEARKEND_ORIGIN: "https://environment.example.org" };
  assert.match(await invited([], env), /^https:\/\/environment\.example\.org\/join#/);
  assert.match(await invited(["--origin", "https://flag.example.org"], env), /^https:\/\/flag\.example\.org\/join#/);
  refused(await hearkend(["check"], { env: { HEARKEND_READERS: "many" } }), 2, /HEARKEND_READERS|readers/);
});

test("what it writes is readable by nobody else: database, wraps, key, backup and what was restored", async () => {
  const db = fresh();
  const backup = path.join(path.dirname(db), "backup.db");
  done(await init(db));
  done(await hearkend(["backup", backup, "--db", db]));
  refused(await hearkend(["backup", backup, "--db", db]), 1, /never writes over another/);
  done(await hearkend(["restore", backup, "--db", db]));
  for (const name of fs.readdirSync(path.dirname(db))) assert.equal(modeOf(path.join(path.dirname(db), name)), "600", name);
  assert.equal(await nameOf(db), "Quiet Harbour");
});

test("check says in words and in JSON what is sound, and ends with 1 when something is broken", async () => {
  const db = fresh();
  const port = await freePort();
  done(await init(db));
  const words = ["check", "--db", db, "--listen", `127.0.0.1:${port}`];
  const json = async (...more) => {
    const result = await hearkend([...words, "--json", ...more]);
    return { code: result.code, is: Object.fromEntries(JSON.parse(result.out).findings.map((f) => [f.about, f.is])) };
  };
  const quiet = await json();
  assert.equal(quiet.code, 0);
  assert.deepEqual(Object.keys(quiet.is), ["database", "key file", "disk", "clock", "time zones", "port", "proxy", "backup"]);
  assert.equal(quiet.is.database, "sound");
  assert.equal(quiet.is["key file"], "sound");
  assert.equal(quiet.is.port, "look"); // nobody serves
  assert.equal(quiet.is.backup, "look"); // none was named
  assert.match(done(await hearkend(words)), /^sound +database +both files are whole\.$/m);

  const server = await serve(["--db", db, "--listen", `127.0.0.1:${port}`]);
  const backup = path.join(path.dirname(db), "b.db");
  done(await hearkend(["backup", backup, "--db", db]));
  const serving = await json("--backup", backup);
  assert.equal(serving.is.port, "sound");
  assert.equal(serving.is.backup, "sound");
  assert.equal(await server.stop(), 0);

  const no_backup = await json("--backup", path.join(top, "none.db"));
  assert.deepEqual([no_backup.code, no_backup.is.backup], [1, "BROKEN"]);
  const old = new Date(Date.now() - 48 * 3600 * 1000);
  fs.utimesSync(backup, old, old);
  assert.deepEqual((await json("--backup", backup)).is.backup, "look");
  fs.writeFileSync(backup, fs.readFileSync(backup).fill(0x5a, 4096 * 3, 4096 * 20));
  const damaged = await json("--backup", backup);
  assert.deepEqual([damaged.code, damaged.is.backup], [1, "BROKEN"]);
  fs.writeFileSync(backup, "Dear all,\n");
  assert.equal((await json("--backup", backup)).is.backup, "BROKEN");
  const open_http = await json("--origin", "http://talk.example.org");
  assert.deepEqual([open_http.code, open_http.is.proxy], [1, "BROKEN"]);
  fs.rmSync(`${db}-key`);
  const keyless = await json();
  assert.deepEqual([keyless.code, keyless.is["key file"]], [1, "BROKEN"]);
});

test("check finds another program on the port, a socket nobody serves, and a zone that does not exist", async () => {
  const db = fresh();
  done(await init(db));
  const is = async (...more) =>
    Object.fromEntries(JSON.parse((await hearkend(["check", "--db", db, "--json", ...more])).out).findings.map((f) => [f.about, f.is]));
  const other = net.createServer((socket) => socket.on("error", () => undefined).resume().end("220 mail.example.org\r\n")).listen(0, "127.0.0.1");
  await new Promise((ready) => other.once("listening", ready));
  assert.equal((await is("--listen", `127.0.0.1:${other.address().port}`)).port, "BROKEN");
  await new Promise((closed) => other.close(closed));

  const socket = path.join(path.dirname(db), "socket");
  const behind = ["--listen", `unix:${socket}`, "--origin", "https://talk.example.org", "--trust-forwarded"];
  assert.equal((await is(...behind)).port, "look");
  const server = await serve(["--db", db, ...behind]);
  const served = await is(...behind);
  assert.deepEqual([served.port, served.proxy], ["sound", "sound"]);
  assert.equal(await server.stop(), 0);
  fs.writeFileSync(socket, ""); // the name is taken by something that is no socket
  assert.equal((await is(...behind)).port, "look");

  assert.equal((await is())["time zones"], "sound");
  await sql(db, "UPDATE place SET time_zone = 'Middle/Earth'");
  assert.equal((await is())["time zones"], "look");
  assert.match(done(await hearkend(["check", "--db", db])), /no data for Middle\/Earth: install tzdata/);
});

test("a damaged database is found by check", async () => {
  const db = fresh();
  done(await init(db));
  const bytes = fs.readFileSync(db);
  bytes.fill(0x5a, 4096 * 3, 4096 * 20);
  fs.writeFileSync(db, bytes);
  const check = await hearkend(["check", "--db", db]);
  assert.equal(check.code, 1);
  assert.match(check.out, /^BROKEN +database/m);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place from nothing, as an administrator with a terminal makes it: `hearkend init`, the one-time invitation, the
// place key from `hearken place`, a listener who is invited, seen and vouched for; then how the place is looked after:
// the audit chain, backup, restore.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import { ended, freePort, sleep } from "../crash/demo_place.mjs";
import { BUILD, done, folder, hearken, hearkend, refused, run, serve, sql } from "./programs.mjs";

const top = folder("fresh-place");
const db = path.join(top, "place.db");
const key_file = path.join(top, "place-key");
const backup = path.join(top, "backup.db");
const PERSON = path.join(BUILD, "journeys/programs/person");
const SECRETS = { HEARKEN_PASSPHRASE: "a sentence that is long enough", HEARKEN_PASSWORD: "a door of my own" };

let listen, url, server, invitation, admin;
const place = (words, env = {}) => hearken(["place", ...words], { env: { ...SECRETS, ...env } });
const as_admin = (words, env) =>
  place(["--file", key_file, "--url", url, "--handle", admin.handle, "--secret-key", admin.secret_key, ...words], env);
const person = (...words) => run(PERSON, ["--url", url, ...words]);
const serve_again = async () => (server = await serve(["--db", db, "--listen", listen, "--rate-factor", "1000"]));
const epoch = async () => (await (await fetch(`${url}/api/place`)).json()).epoch;
const audit = (...more) => hearkend(["audit", "verify", "--db", db, ...more]);
const head_in = (out) => /head now: (\d+:[\w-]{43})/.exec(out)?.[1];

before(async () => {
  listen = `127.0.0.1:${await freePort()}`;
  url = `http://${listen}`;
});

// ---- making it

test("init makes the place and prints its first administrator's invitation", async () => {
  const made = JSON.parse(done(await hearkend(["init", "--db", db, "--name", "Quiet Harbour", "--listen", listen, "--json"])));
  invitation = made.invitation;
  assert.equal(made.link, `${url}/join#${invitation}`);
  await serve_again();
  const here = await (await fetch(`${url}/api/place`)).json();
  assert.equal(here.name, "Quiet Harbour");
  assert.equal(here.demo, false);
  assert.equal(here.place_key, undefined);
});

test("before there is a team nobody can be asked, and it is said so", async () => {
  const asked = await person("ask");
  assert.equal(asked.code, 1);
  assert.match(asked.err, /not set up yet/);
  refused(await hearken(["replay", "--url", url, "-"], { input: '{"id":"a","turns":[{"who":"speaker","text":"x"}]}' }), 1, /no demo, name a listener/);
});

test("the invitation opens the door once", async () => {
  refused(await person("join", "1.nonsense", "Mallory", "a door of my own"), 1, /no invitation/);
  const [handle, secret_key] = done(await person("join", invitation, "Eda", SECRETS.HEARKEN_PASSWORD)).trim().split(" ");
  admin = { handle, secret_key };
  refused(await person("join", invitation, "Mallory", "a door of my own"), 1, /used or is too old/);
});

test("the place key wants a long passphrase, is kept in a file of mode 600, and is never overwritten", async () => {
  refused(await place(["new", "--file", key_file], { HEARKEN_PASSPHRASE: "short" }), 2, /at least 15 characters/);
  assert.equal(fs.existsSync(key_file), false);
  const made = done(await place(["new", "--file", key_file]));
  assert.match(made, /fingerprint: ([0-9a-f]{4} ){7}[0-9a-f]{4}\n/);
  assert.equal((fs.statSync(key_file).mode & 0o777).toString(8), "600");
  const bytes = fs.readFileSync(key_file);
  refused(await place(["new", "--file", key_file]), 1, /File exists.*never overwritten/s);
  assert.deepEqual(fs.readFileSync(key_file), bytes);
  const fingerprint = /fingerprint: (.*)\n/.exec(made)[1];
  assert.match(done(await place(["show", "--file", key_file])), new RegExp(fingerprint));
  // typed instead of given in the environment
  const typed = await hearken(["place", "show", "--file", key_file], { input: `${SECRETS.HEARKEN_PASSPHRASE}\n` });
  assert.match(done(typed), new RegExp(fingerprint));
});

test("another passphrase, a changed file, and no file at all do not open the key", async () => {
  refused(await place(["show", "--file", key_file], { HEARKEN_PASSPHRASE: "a sentence that is wrong" }), 1, /does not open the key file/);
  refused(await place(["show", "--file", path.join(top, "none")]), 1, /No such file/);
  const bytes = fs.readFileSync(key_file);
  const changed = path.join(top, "changed");
  bytes[bytes.length - 1] ^= 1;
  fs.writeFileSync(changed, bytes);
  refused(await place(["show", "--file", changed]), 1, /does not open the key file/);
  fs.writeFileSync(changed, bytes.subarray(0, 50));
  refused(await place(["show", "--file", changed]), 1, /no key file of ours/);
  bytes.fill(0xff, 21, 29); // a cost nobody can pay
  fs.writeFileSync(changed, bytes);
  refused(await place(["show", "--file", changed]), 1, /key file/);
});

test("what is asked of hearken place wrongly is said", async () => {
  refused(await place([]), 2, /new, show, give, list or certify/);
  refused(await place(["certify"]), 2, /certify ACCOUNT/);
  refused(await place(["show", "me"]), 2, /say new, show/);
  refused(await place(["give", "--file", key_file, "--url", url]), 1, /--handle/);
  refused(await as_admin(["give"], { HEARKEN_PASSWORD: "not the password" }), 1, /signing in did not work/);
});

test("the place takes its key once", async () => {
  assert.match(done(await as_admin(["give"])), /The place has its key now/);
  refused(await as_admin(["give"]), 1, /has its key already/);
  const other = path.join(top, "other-key");
  done(await place(["new", "--file", other]));
  refused(await as_admin(["give", "--file", other]), 1, /has its key already/);
});

test("a listener who joins is on the list with a fingerprint, and is vouched for by the key of this place only", async () => {
  const invited = done(await person("invite", admin.handle, SECRETS.HEARKEN_PASSWORD, admin.secret_key)).trim();
  done(await person("join", invited, "Ben", "another door of mine"));
  const list = done(await as_admin(["list"]));
  assert.match(list, /admin +\S+ +Eda\n {2}([0-9a-f]{4} ){7}/);
  const [, account] = /^(\S{22}) {2}peer +waiting +Ben$/m.exec(list);
  refused(await as_admin(["certify", "nobody"]), 1, /as `hearken place list` prints it/);
  refused(await as_admin(["certify", "A".repeat(22)]), 1, /not_there/);
  refused(await as_admin(["certify", account, "--file", path.join(top, "other-key")]), 1, /did not work/);
  assert.match(done(await as_admin(["list"])), /peer +waiting +Ben/);
  assert.match(done(await as_admin(["certify", account])), /Certified for 365 days/);
  assert.match(done(await as_admin(["list"])), /peer +certified +Ben/);
  await sleep(1100); // a certificate's serial is its second
  assert.match(done(await as_admin(["certify", account, "--lead"])), /Certified for 365 days/);
  assert.match(done(await as_admin(["list"])), /peer +lead +Ben/);
});

// ---- backup and restore

test("a backup taken while it serves is restored: people notice, and what was erased since is erased again", async () => {
  const before_it = await epoch();
  const staying = done(await person("leave")).trim(); // its input ends at once: this one stays
  const leaving = spawn(PERSON, ["--url", url, "leave"], { stdio: ["pipe", "pipe", "inherit"] });
  const said = createInterface({ input: leaving.stdout })[Symbol.asyncIterator]();
  const handle = (await said.next()).value;
  assert.match(done(await hearkend(["backup", backup, "--db", db])), /backup is written.*key file is not in it/s);
  leaving.stdin.end("go\n");
  assert.match((await said.next()).value, /^erased \d+$/);
  assert.equal(await ended(leaving), 0);
  const accounts = (file, name) => sql(file, `SELECT count(*) FROM accounts WHERE handle = '${name}'`).then((rows) => Number(rows[0]));

  refused(await hearkend(["restore", backup, "--db", db]), 1, /nothing was changed.*another process/s); // it still serves
  assert.equal(await server.stop(), 0);
  assert.equal(await accounts(db, handle), 0);
  assert.equal(await accounts(backup, handle), 1);
  assert.match(done(await hearkend(["restore", backup, "--db", db])), /Restored\. 1 erased things were erased again/);
  assert.equal(await accounts(db, handle), 0);
  assert.equal(await accounts(db, staying), 1);
  assert.equal(fs.existsSync(`${db}-before-restore`), true);
  await serve_again();
  assert.notEqual(await epoch(), before_it);
  assert.match(done(await as_admin(["list"])), /peer +lead +Ben/); // the old key still signs, the old door still opens
});

// ---- the audit chain

let head; // kept elsewhere, on paper say

test("the audit chain is whole, and says what that does not prove", async () => {
  await sleep(1500); // the head is kept every second
  const alone = done(await audit("--audit-heads", path.join(top, "no-heads")));
  assert.match(alone, /whole, \d+ acts\. That alone does not prove/);
  const compared = done(await audit());
  assert.match(compared, /goes through the head you kept/);
  head = head_in(compared);
  assert.ok(Number(head.split(":")[0]) >= 4, head);
  assert.match(done(await audit("--head", head)), /goes through the head you kept/);
  const json = JSON.parse(done(await audit("--json", "--head", head)));
  assert.deepEqual(json, { whole: true, count: Number(head.split(":")[0]), head: head.split(":")[1], compared: true });
});

test("an edited act, and acts taken out of the middle, are found where they are", async () => {
  assert.equal(await server.stop(), 0);
  const copy = path.join(top, "edited.db");
  for (const ending of ["", "-wraps"]) fs.copyFileSync(`${db}${ending}`, `${copy}${ending}`);
  await sql(copy, "UPDATE audit SET act = 'staff_invited' WHERE number = 2");
  const edited = await hearkend(["audit", "verify", "--db", copy]);
  assert.equal(edited.code, 1);
  assert.match(edited.out, /broken at act [12]\b/);
  fs.copyFileSync(db, copy);
  await sql(copy, "DELETE FROM audit WHERE number = 2");
  assert.equal((await hearkend(["audit", "verify", "--db", copy, "--json"])).code, 1);
});

test("a chain that was rebuilt passes alone, and is found by a head that was kept", async () => {
  const kept = path.join(top, "as-it-was.db");
  fs.copyFileSync(db, kept);
  fs.renameSync(`${db}-audit`, path.join(top, "heads"));
  await sql(db, "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)");
  await serve_again();
  const [, account] = /^(\S{22}) {2}peer +\S+ +Ben$/m.exec(done(await as_admin(["list"])));
  done(await as_admin(["certify", account])); // the act in the removed one's place is another
  assert.equal(await server.stop(), 0);
  const heads = ["--audit-heads", path.join(top, "no-heads")];
  const alone = done(await audit(...heads));
  assert.match(alone, /That alone does not prove/);
  assert.equal(head_in(alone).split(":")[0], head.split(":")[0]);
  const compared = await audit(...heads, "--head", head);
  assert.equal(compared.code, 1);
  assert.match(compared.out, /or it was rebuilt/);
  assert.equal((await audit("--audit-heads", path.join(top, "heads"))).code, 1);
  fs.copyFileSync(kept, db);
  fs.renameSync(path.join(top, "heads"), `${db}-audit`);
  assert.match(done(await audit("--head", head)), /goes through the head you kept/);
});

test("a file of heads that is not ours is not believed", async () => {
  const heads = path.join(top, "letter");
  fs.writeFileSync(heads, "Dear all,\n");
  refused(await audit("--audit-heads", heads), 1, /file of kept heads is not ours/);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
// The wire with certificate files: TLS 1.2 and 1.3 and nothing older, pages and sockets through it, handshakes that
// never end, plain text where TLS is spoken, and a drain that closes cleanly.
//
//     node wire/tls_test.mjs [PATH-TO-wire_test_place]     (else that of $HEARKEN_BUILD)
import tls from 'node:tls';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Place, Raw, frame, sleep } from './rawclient.mjs';

const binary = process.argv[2] ?? `${process.env.HEARKEN_BUILD ?? 'build'}/live/wire_test_place`;
let failures = 0, checks = 0;
function check(fine, what) {
  checks++;
  if (!fine) { failures++; console.log(`not ok: ${what}`); }
}

// A Raw whose bytes go through TLS.
class Secure extends Raw {
  constructor(at, options = {}) {
    super(at, { ...options, connect: (o) => tls.connect({ ...o, rejectUnauthorized: false, ...options }) });
  }
}

const dir = mkdtempSync(`${tmpdir()}/wire-tls-`), key = `${dir}/key.pem`, certificate = `${dir}/cert.pem`;
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
  '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
writeFileSync(`${dir}/index.html`, '<!doctype html><title>place</title>');
writeFileSync(`${dir}/manifest.json`, '{"files":[{"path":"/","file":"index.html","type":"text/html; charset=utf-8"}]}');

const refusedStart = spawnSync(binary, ['127.0.0.1:0', 'https://a', dir, '', '1', certificate, certificate], { encoding: 'utf8' });
check(refusedStart.status === 2 && /TLS key/.test(refusedStart.stderr), `a key that is none is named: ${refusedStart.stderr}`);

const p = await Place.start(binary, { files: dir, tls: [certificate, key] });
const secure = (options) => new Secure(p.at, options);
p.raw = secure; // from here on everything is asked through TLS

for (const [version, fine] of [['TLSv1', false], ['TLSv1.1', false], ['TLSv1.2', true], ['TLSv1.3', true]]) {
  const raw = secure({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }).send(p.head('GET /healthz'));
  check(((await raw.answer())?.status === 200) === fine, `${version} is ${fine ? 'spoken' : 'refused'}`);
  raw.end();
}
const page = await p.ask(p.head('GET /'));
check(/strict-transport-security: max-age=\d{8}/i.test(page.head), 'HSTS under https');
check((await p.ask(p.head('GET /api/big/3000000'), 10000))?.body.length === 3000000, '3 MB through TLS');
check((await p.ask(p.post('/api/echo', `{"text":"${'a'.repeat(50000)}"}`)))?.status === 200, 'a big post');
const socket = await p.socket();
for (let i = 1; i <= 200; i++) socket.send(frame(1, JSON.stringify({ t: 'echo', id: i, text: 'x'.repeat(1000) })));
let answered = 0;
while (answered < 200 && JSON.parse((await socket.frame())?.payload ?? '{}').id === answered + 1) answered++;
check(answered === 200, `200 messages: ${answered}`);
const split = secure();
for (const c of p.head('GET /healthz')) { split.send(c); await sleep(1); }
check((await split.answer())?.status === 200, 'byte by byte, each in a record of its own');

// Those who do not speak TLS, or never finish a handshake, or leave in the middle of it.
const plain = new Raw(p.at).send(p.head('GET /healthz'));
check(await plain.closed(3000), 'plain text is not answered');
const began = Date.now(), halves = Array.from({ length: 100 }, () => new Raw(p.at).send(Buffer.from([22, 3, 1, 2, 0, 1, 0])));
for (let i = 0; i < 200; i++) { const raw = secure(); await sleep(i % 4); raw.end(); }
check((await p.unwell()) === '', 'well meanwhile');
await Promise.all(halves.map((raw) => raw.closed(15000)));
check(Date.now() - began < 14000, `unfinished handshakes end after ${Date.now() - began} ms`);
check((await p.unwell()) === '', 'well after all of it');
const code = p.stop();
check((await socket.closeCode()) === 1001, 'sockets close with 1001');
check((await code) === 0, 'it leaves on SIGTERM');
rmSync(dir, { recursive: true });
console.log(`${checks - failures} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);

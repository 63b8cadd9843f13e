// SPDX-License-Identifier: AGPL-3.0-or-later
// nginx and Caddy in front of the wire, with the files we ship in deploy/ (only names, ports and TLS are changed):
// pages, posts and sockets pass; and no trick smuggles a request past them. A smuggled request would tell every
// socket "SMUGGLED", or shift the answers of those who come after it.
//
//     node wire/proxy_test.mjs [PATH-TO-wire_test_place]     (else that of $HEARKEN_BUILD)
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import { Place, Raw, frame, freePort, sleep } from './rawclient.mjs';

const binary = process.argv[2] ?? `${process.env.HEARKEN_BUILD ?? 'build'}/live/wire_test_place`;
const deploy = new URL('../deploy/', import.meta.url);
let failures = 0, checks = 0;
function check(fine, what) {
  checks++;
  if (!fine) { failures++; console.log(`not ok: ${what}`); }
}

function nginxFiles(dir, port, socket) {
  const shipped = readFileSync(new URL('nginx.conf', deploy), 'utf8')
    .replace(/\nserver \{\n {4}listen 80;[^]*$/, '\n') // the redirect needs port 80
    .replace(/\n {4}listen 443 ssl http2;/, `\n    listen 127.0.0.1:${port};`)
    .replace(/\n {4}listen \[::\]:443[^\n]*/, '').replace(/\n {4}ssl_[^\n]*/g, '')
    .replace('/var/log/nginx/hearken-error.log', `${dir}/error.log`).replaceAll('/run/hearken/socket', socket);
  writeFileSync(`${dir}/nginx.conf`, `daemon off; master_process off; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events { worker_connections 256; }
http { ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${dir}/${t};`).join(' ')}
${shipped} }`);
  return ['nginx', ['-c', `${dir}/nginx.conf`, '-e', `${dir}/error.log`]];
}

function caddyFiles(dir, port, socket) {
  const shipped = readFileSync(new URL('Caddyfile', deploy), 'utf8')
    .replace('talk.example.org {', `http://127.0.0.1:${port} {`).replace('unix//run/hearken/socket', `unix/${socket}`);
  writeFileSync(`${dir}/Caddyfile`, `{\n\tadmin off\n\tauto_https off\n}\n${shipped}`);
  return ['caddy', ['run', '--config', `${dir}/Caddyfile`, '--adapter', 'caddyfile']];
}

// Each carries `hidden` in a way that two readers might cut differently.
function pairs(p, hidden) {
  const origin = `Origin: ${p.origin}`, json = 'Content-Type: application/json', body = '{"text":"a"}';
  const post = (fields, rest) => p.head('POST /api/echo', [origin, json, ...fields], rest);
  const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const whole = `${chunk(body)}0\r\n\r\n`;
  return {
    'CL.TE': post([`Content-Length: ${5 + hidden.length}`, 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`),
    'TE.CL': post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `${chunk(hidden)}0\r\n\r\n`),
    'TE.TE': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: x', 'Content-Length: 4'], `${chunk(hidden)}0\r\n\r\n`),
    'TE space': post(['Transfer-Encoding : chunked', `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE tab': post(['Transfer-Encoding:\tchunked', `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE vertical tab': post(['Transfer-Encoding: \x0bchunked', `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE folded': post(['Transfer-Encoding:\r\n chunked', `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE quoted': post(['Transfer-Encoding: "chunked"', `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE after LF': post([`X: a\nTransfer-Encoding: chunked`, `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'TE after CR': post([`X: a\rTransfer-Encoding: chunked`, `Content-Length: ${5 + hidden.length}`], `0\r\n\r\n${hidden}`),
    'two lengths': post([`Content-Length: ${12 + hidden.length}`, 'Content-Length: 12'], body + hidden),
    'two lengths, other order': post(['Content-Length: 12', `Content-Length: ${12 + hidden.length}`], body + hidden),
    'length list': post([`Content-Length: 12, ${12 + hidden.length}`], body + hidden),
    'length with plus': post(['Content-Length: +12'], body + hidden),
    'length with a zero': post(['Content-Length: 012'], body + hidden),
    'length folded': post(['Content-Length:\r\n 12'], body + hidden),
    'length space': post(['Content-Length : 12'], body + hidden),
    'chunk extension': post(['Transfer-Encoding: chunked'], `c;a=b\r\n${body}\r\n0\r\n\r\n`),
    'chunk size with LF': post(['Transfer-Encoding: chunked'], `c\n${body}\r\n0\r\n\r\n`),
    'chunk size overflow': post(['Transfer-Encoding: chunked'], `10000000000000000c\r\n${body}\r\n0\r\n\r\n`),
    'chunked trailers': post(['Transfer-Encoding: chunked'], `${chunk(body)}0\r\nContent-Length: 5\r\n\r\n`),
    'plain chunked': post(['Transfer-Encoding: chunked'], whole),
    'GET with a body': p.head('GET /api/things/mine', [`Content-Length: ${hidden.length}`], hidden),
    'absolute form': `GET http://${p.host}/ HTTP/1.1\r\nHost: ${p.host}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    'upgrade that fails': p.head('GET /api/socket', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 7', origin], hidden),
    'upgrade to h2c': p.head('GET /', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'], hidden),
    'upgrade of a page': p.head('GET /', ['Connection: Upgrade', 'Upgrade: websocket'], hidden),
    'connection names a field': post(['Connection: close, Content-Length', `Content-Length: ${12 + hidden.length}`], body + hidden),
    'Expect': post(['Expect: 100-continue', `Content-Length: ${12 + hidden.length}`], body + hidden),
  };
}

async function ordinary(p, name) {
  check((await p.ask(p.head('GET /')))?.status === 200, `${name}: a page`);
  check(/"text":"hello"/.test((await p.ask(p.post('/api/echo', '{"text":"hello"}')))?.body), `${name}: a post`);
  check((await p.ask(p.head('POST /api/echo', ['Content-Type: application/json', 'Origin: http://evil.example', 'Content-Length: 12'], '{"text":"a"}')))?.status === 403, `${name}: a foreign Origin`);
  const big = await p.ask(p.head('GET /api/big/3000000'), 10000);
  check(big?.body.length === 3000000, `${name}: 3 MB`);
  const raw = await p.socket('good-9');
  raw.send(frame(1, '{"t":"echo","id":7,"text":"through"}'));
  check(/through/.test((await raw.frame())?.payload), `${name}: a socket`);
  raw.end();
  const from = await p.ask(p.head('GET /api/things/mine', ['X-Forwarded-For: 1.2.3.4, 5.6.7.8']));
  check(from?.status === 409, `${name}: a forged X-Forwarded-For changes nothing`);
}

async function smuggling(p, direct, name) {
  const listener = await direct.socket('good');
  const inner = p.post('/api/tell', '{"text":"SMUGGLED"}');
  await direct.ask(inner); // sent openly it is heard: what follows would be heard too
  check(/SMUGGLED/.test((await listener.frame())?.payload), `${name}: the listener hears`);
  for (const hidden of [inner, `0\r\n\r\n${inner}`]) {
    for (const [trick, bytes] of Object.entries(pairs(p, hidden))) {
      const attacker = p.raw().send(bytes);
      const answers = [];
      for (let a; (a = await attacker.answer(150)); ) answers.push(a.status);
      attacker.end();
      // Whoever pipelines openly is answered openly: then the hidden request came as one of its own, and may run.
      const open = answers.length > 1 && answers[answers.length - 1] === 204;
      const heard = await listener.frame(60);
      check(!heard || open, `${name}, ${trick}: nothing is smuggled (${answers})`);
      const victims = await Promise.all(Array.from({ length: 4 }, () => p.ask(p.head('GET /api/things/mine'), 3000)));
      check(victims.every((v) => v?.status === 409), `${name}, ${trick}: those who come after get their own answers (${victims.map((v) => v?.status)})`);
    }
  }
  listener.end();
}

async function behind(name, files) {
  const dir = mkdtempSync(`${tmpdir()}/wire-proxy-`), port = await freePort(), socket = `${dir}/socket`;
  writeFileSync(`${dir}/index.html`, '<!doctype html><title>place</title>');
  writeFileSync(`${dir}/manifest.json`, '{"files":[{"path":"/","file":"index.html","type":"text/html; charset=utf-8"}]}');
  const direct = await Place.start(binary, { listen: `unix:${socket}`, files: dir, origin: `http://127.0.0.1:${port}` });
  const [program, words] = files(dir, port, socket);
  const proxy = spawn(program, words, { stdio: 'ignore', env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir } });
  const p = Object.assign(new Place(), { at: { port }, origin: direct.origin, host: direct.host, process: direct.process });
  let up = false;
  for (let i = 0; i < 100 && !up; i++) { up = (await p.ask(p.head('GET /healthz'), 500))?.status === 200; if (!up) await sleep(100); }
  check(up, `${name} is up`);
  if (up) {
    await ordinary(p, name);
    await smuggling(p, direct, name);
    check((await p.unwell(direct.process.pid)) === '', `${name}: well after all of it`);
  }
  check((await direct.stop()) === 0, `${name}: the place leaves on SIGTERM`);
  check(!existsSync(socket), `${name}: its socket is gone`);
  proxy.kill('SIGTERM');
  await new Promise((done) => proxy.on('exit', done));
  rmSync(dir, { recursive: true });
}

await behind('nginx', nginxFiles);
await behind('caddy', caddyFiles);
console.log(`${checks - failures} passed, ${failures} failed`);
process.exit(failures || checks < 50 ? 1 : 0);

// SPDX-License-Identifier: AGPL-3.0-or-later
// The wire under attack. After every attack the place must answer /healthz within a second and be idle (below 5 %
// of a CPU); at the end it must leave on SIGTERM.
//
//     node wire/hostile_test.mjs [PATH-TO-wire_test_place [--only WORD]]     (else that of $HEARKEN_BUILD)
//
// Before that, the harness is shown servers that hang, burn, stay, or are lenient, and must notice each.
import http from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import { Place, Raw, frame, freePort, sleep } from './rawclient.mjs';

const binary = process.argv[2] ?? `${process.env.HEARKEN_BUILD ?? 'build'}/live/wire_test_place`;
const only = process.argv[3] === '--only' ? process.argv[4] : '';
let failures = 0, checks = 0;

function check(fine, what) {
  checks++;
  if (fine) return;
  failures++;
  console.log(`not ok: ${what}`);
}

// ---- Requests that must be refused: [name, bytes, statuses]. All end without a hang; nothing they carry is executed.
function badRequests(p) {
  const get = (fields, line = 'GET /') => p.head(line, fields);
  const host = `Host: ${p.host}`, origin = `Origin: ${p.origin}`, json = 'Content-Type: application/json';
  const echo = (body, fields) => p.head('POST /api/echo', [origin, json, ...fields], body);
  const own = (text) => text.replaceAll('HOST', host);
  const smuggled = p.head('GET /api/things/mine');
  return [
    ['HTTP/1.0', own('GET / HTTP/1.0\r\nHOST\r\n\r\n'), [505]],
    ['HTTP/0.9', 'GET /\r\n\r\n', [400]],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['h2c upgrade', get(['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']), [400]],
    ['upgrade to foo', get(['Connection: Upgrade', 'Upgrade: foo']), [400]],
    ['upgrade of a page', get(['Connection: Upgrade', 'Upgrade: websocket']), [400]],
    ['absolute form', own(`GET http://${p.host}/ HTTP/1.1\r\nHOST\r\n\r\n`), [400]],
    ['authority form', own('CONNECT example.org:443 HTTP/1.1\r\nHOST\r\n\r\n'), [400]],
    ['asterisk form', own('OPTIONS * HTTP/1.1\r\nHOST\r\n\r\n'), [400]],
    ['LF only', own('GET / HTTP/1.1\nHOST\n\n'), [400]],
    ['LF at the end', own('GET / HTTP/1.1\r\nHOST\r\n\n'), [400]],
    ['CR alone in a field', own('GET / HTTP/1.1\r\nHOST\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n'), [400]],
    ['CR CR LF', own('GET / HTTP/1.1\r\r\nHOST\r\n\r\n'), [400]],
    ['leading CRLF', own('\r\nGET / HTTP/1.1\r\nHOST\r\n\r\n'), [400]],
    ['obs-fold', own('GET / HTTP/1.1\r\nHOST\r\nX: a\r\n b\r\n\r\n'), [400]],
    ['obs-fold of a length', own('POST / HTTP/1.1\r\nHOST\r\nContent-Length:\r\n 5\r\n\r\nhello'), [400]],
    ['space before the colon', own('POST / HTTP/1.1\r\nHOST\r\nContent-Length : 5\r\n\r\nhello'), [400]],
    ['field without a name', get([': x']), [400]],
    ['NUL in a field', get(['X: a\0b']), [400]],
    ['NUL in the target', own('GET /\0 HTTP/1.1\r\nHOST\r\n\r\n'), [400]],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', [400]],
    ['two Hosts', get([host]), [400]],
    ['foreign Host', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', [421]],
    ['65 fields', get(Array.from({ length: 64 }, (_, i) => `X-${i}: y`)), [431]],
    ['20 KiB of fields', get([`X: ${'y'.repeat(20000)}`]), [431]],
    ['endless target', own(`GET /${'a'.repeat(40000)} HTTP/1.1\r\nHOST\r\n\r\n`), [431]],
    ['two lengths', echo('{"text":""}', ['Content-Length: 11', 'Content-Length: 11']), [400]],
    ['two different lengths', echo('{"text":""}', ['Content-Length: 11', 'Content-Length: 0']), [400]],
    ['length list', echo('{"text":""}', ['Content-Length: 11, 11']), [400]],
    ['length +11', echo('{"text":""}', ['Content-Length: +11']), [400]],
    ['length -1', echo('', ['Content-Length: -1']), [400]],
    ['length 0x0b', echo('{"text":""}', ['Content-Length: 0x0b']), [400]],
    ['length 011', echo('{"text":""}', ['Content-Length: 011']), [400]],
    ['length 1e1', echo('{"text":""}', ['Content-Length: 1e1']), [400]],
    ['length of ten digits', echo('', ['Content-Length: 4294967307']), [400]],
    ['length too big', echo('', ['Content-Length: 999999999']), [413]],
    ['no length', echo('', []), [411]],
    ['chunked', echo('b\r\n{"text":""}\r\n0\r\n\r\n', ['Transfer-Encoding: chunked']), [501]],
    ['chunked and a length (CL.TE)', echo(`0\r\n\r\n${smuggled}`, ['Content-Length: 5', 'Transfer-Encoding: chunked']), [501]],
    ['a length and chunked (TE.CL)', echo('0\r\n\r\n', ['Transfer-Encoding: chunked', 'Content-Length: 5']), [501]],
    ['TE: identity', echo('', ['Transfer-Encoding: identity']), [501]],
    ['TE: xchunked', echo('', ['Transfer-Encoding: xchunked']), [501]],
    ['TE with a tab', echo('', ['Transfer-Encoding:\tchunked']), [501]],
    ['TE with a vertical tab', echo('', ['Transfer-Encoding: \x0bchunked']), [400]],
    ['TE in capitals', echo('', ['TRANSFER-ENCODING: CHUNKED']), [501]],
    ['TE twice', echo('', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity']), [501]],
    ['TE with a space in its name', echo('', ['Transfer-Encoding : chunked']), [400]],
    ['a body for a page', p.head('GET /', ['Content-Length: 5'], 'hello'), [400]],
    ['a body for a GET route', p.head('GET /api/things/mine', ['Content-Length: 5'], 'hello'), [400]],
    ['Expect', echo('', ['Content-Length: 11', 'Expect: 100-continue']), [417]],
    ['no Origin', p.head('POST /api/echo', [json, 'Content-Length: 11'], '{"text":""}'), [403]],
    ['foreign Origin', p.head('POST /api/echo', ['Origin: http://evil.example', json, 'Content-Length: 11'], '{"text":""}'), [403]],
    ['null Origin', p.head('POST /api/echo', ['Origin: null', json, 'Content-Length: 11'], '{"text":""}'), [403]],
    ['Origin with a path', p.head('POST /api/echo', [`${origin}/`, json, 'Content-Length: 11'], '{"text":""}'), [403]],
    ['two Origins', p.head('POST /api/echo', [origin, origin, json, 'Content-Length: 11'], '{"text":""}'), [403]],
    ['cross-site', p.post('/api/echo', '{"text":""}', ['Sec-Fetch-Site: cross-site']), [403]],
    ['same-site', p.post('/api/echo', '{"text":""}', ['Sec-Fetch-Site: same-site']), [403]],
    ['cross-site GET', p.head('GET /api/things/mine', ['Sec-Fetch-Site: cross-site']), [403]],
    ['a form', p.head('POST /api/echo', [origin, 'Content-Type: text/plain', 'Content-Length: 11'], '{"text":""}'), [415]],
    ['no type', p.head('POST /api/echo', [origin, 'Content-Length: 11'], '{"text":""}'), [415]],
    ['deep JSON', p.post('/api/echo', '['.repeat(100000)), [400]],
    ['deep objects', p.post('/api/echo', '{"text":'.repeat(20000)), [400]],
    ['huge JSON', p.post('/api/echo', `{"text":"${'a'.repeat(300000)}"}`), [413]],
    ['text too long', p.post('/api/echo', `{"text":"${'a'.repeat(60001)}"}`), [400]],
    ['duplicate member', p.post('/api/echo', '{"text":"a","text":"b"}'), [400]],
    ['unknown member', p.post('/api/echo', '{"text":"a","role":"admin"}'), [400]],
    ['huge number', p.post('/api/echo', '{"text":"a","number":1e400}'), [400]],
    ['many keys', p.post('/api/echo', `{${Array.from({ length: 15000 }, (_, i) => `"k${i}":1`).join()}}`), [400]],
    ['not JSON', p.post('/api/echo', 'text=a'), [400]],
    ['two documents', p.post('/api/echo', '{"text":"a"}{"text":"b"}'), [400]],
    ['bad UTF-8', Buffer.concat([Buffer.from(p.head('POST /api/echo', [origin, json, 'Content-Length: 12'])), Buffer.from('{"text":"\xff"}', 'latin1')]), [400]],
    ['traversal', get([], 'GET /../../../../etc/passwd'), [404]],
    ['traversal, encoded', get([], 'GET /%2e%2e/%2e%2e/etc/passwd'), [404]],
    ['traversal, twice encoded', get([], 'GET /%252e%252e/etc/passwd'), [404]],
    ['traversal, backslash', get([], 'GET /..\\..\\etc\\passwd'), [400]],
    ['traversal below a page', get([], 'GET /api/../healthz'), [404]],
    ['double slash', get([], 'GET //api/things/mine'), [404]],
    ['NUL, encoded', get([], 'GET /index.html%00.png'), [404]],
    ['an id that is none', get([], "GET /api/things/1'%20OR%20'1'='1"), [404]],
    ['an id of dots', get([], 'GET /api/things/..'), [404]],
    ['a number that is none', get([], 'GET /api/big/1e3'), [404]],
    ['PUT on a POST', p.head('PUT /api/echo', [origin]), [405]],
    ['DELETE of a page', p.head('DELETE /', [origin]), [405]],
    ['HEAD of a route', p.head('HEAD /api/things/mine'), [405]],
    ['TRACE', p.head('TRACE /'), [405]],
    ['PATCH', p.head('PATCH /api/echo', [origin]), [405]],
    ['OPTIONS (preflight)', p.head('OPTIONS /api/echo', ['Origin: http://evil.example', 'Access-Control-Request-Method: POST']), [405]],
    ['method override', p.head('GET /api/echo', ['X-HTTP-Method-Override: POST']), [405]],
    ['lower-case method', get([], 'get /'), [400]],
    ['not signed in', p.post('/api/mine', '{"text":""}'), [401]],
    ['cookie tossed twice', p.post('/api/mine', '{"text":""}', ['Cookie: __Host-hearken=signed-in; __Host-hearken=signed-in']), [401]],
    ['two Cookie fields', p.post('/api/mine', '{"text":""}', ['Cookie: __Host-hearken=signed-in', 'Cookie: a=b']), [401]],
    ['cookie of another name', p.post('/api/mine', '{"text":""}', ['Cookie: x__Host-hearken=signed-in']), [401]],
    ['wrong role', p.head('GET /api/admin', ['Cookie: __Host-hearken=signed-in']), [403]],
    ['socket without an upgrade', p.head('GET /api/socket'), [426]],
    ['socket by POST', p.head('POST /api/socket', [origin, 'Content-Length: 0']), [405]],
    ['socket without Origin', p.upgrade({ origin: '' }), [403]],
    ['socket, foreign Origin', p.upgrade({ origin: 'http://evil.example' }), [403]],
    ['socket, ticket that is none', p.upgrade({ ticket: 'bad' }), [401]],
    ['socket, empty ticket', p.upgrade({ ticket: '' }), [401]],
    ['socket, ticket too long', p.upgrade({ ticket: 'g'.repeat(200) }), [400]],
    ['socket, old version', p.upgrade().replace('Version: 13', 'Version: 8'), [400]],
    ['socket, short key', p.upgrade().replace('dGhlIHNhbXBsZSBub25jZQ==', 'dGhl'), [400]],
    ['socket, other protocol', p.upgrade().replace('hearken.v1,', 'hearken.v2,'), [400]],
  ];
}

// ---- Frames that must end the socket: [name, bytes, close code].
const badFrames = () => [
  ['unmasked', frame(1, '{}', { masked: false }), 1002],
  ['reserved bit', frame(1, '{}', { rsv: 0x40 }), 1002],
  ['unknown opcode', frame(3, '{}'), 1002],
  ['unknown control', frame(11, ''), 1002],
  ['binary', frame(2, '{}'), 1003],
  ['64 KiB and one', frame(1, 'x'.repeat(65537)), 1009],
  ['a length of 2^62', frame(1, '', { length: 2 ** 52 }), 1009],
  ['33 fragments', Buffer.concat([frame(1, 'a', { last: false }), ...Array(40).fill(frame(0, 'a', { last: false }))]), 1009],
  ['endless fragments', Buffer.concat([frame(1, 'x'.repeat(60000), { last: false }), frame(0, 'x'.repeat(60000), { last: false })]), 1009],
  ['continuation of nothing', frame(0, 'a'), 1002],
  ['text within a message', Buffer.concat([frame(1, 'a', { last: false }), frame(1, 'b')]), 1002],
  ['fragmented ping', frame(9, 'a', { last: false }), 1002],
  ['long ping', frame(9, 'x'.repeat(126)), 1002],
  ['bad UTF-8', frame(1, Buffer.from([0x22, 0xff, 0x22])), 1007],
  ['overlong UTF-8', frame(1, Buffer.from([0xc0, 0xaf])), 1007],
  ['surrogate', frame(1, Buffer.from([0xed, 0xa0, 0x80])), 1007],
  ['cut UTF-8', Buffer.concat([frame(1, Buffer.from([0xe2, 0x82]), { last: false }), frame(0, 'a')]), 1007],
  ['close with code 1005', frame(8, Buffer.from([3, 0xed])), 1002],
  ['close of one byte', frame(8, 'a'), 1002],
  ['close with bad UTF-8', frame(8, Buffer.from([3, 0xe8, 0xff])), 1007],
  ['ping flood', Buffer.concat(Array(5000).fill(frame(9, 'x'.repeat(125)))), 1008],
  ['pong flood', Buffer.concat(Array(5000).fill(frame(10, ''))), 1008],
  ['not JSON', frame(1, 'hello'), 1008],
  ['not an object', frame(1, '[1]'), 1008],
  ['no id', frame(1, '{"t":"echo","text":"a"}'), 1008],
  ['id as text', frame(1, '{"t":"echo","id":"1","text":"a"}'), 1008],
  ['two ids', frame(1, '{"t":"echo","id":1,"id":2,"text":"a"}'), 1008],
  ['deep JSON', frame(1, '['.repeat(60000)), 1008],
];

const message = (t, id, more = {}) => frame(1, JSON.stringify({ t, id, ...more }));

// ---- Attacks that need more than one exchange.
const attacks = {
  async 'pipelined requests are answered one by one and in order'(p) {
    const raw = p.raw().send(p.post('/api/slow', '{"text":"one","number":200}') + p.post('/api/echo', '{"text":"two"}') + p.head('GET /healthz') + p.post('/api/echo', '{"text":"three"}'));
    const bodies = [];
    for (let i = 0; i < 4; i++) bodies.push((await raw.answer())?.body.toString());
    raw.end();
    check(/one/.test(bodies[0]) && /two/.test(bodies[1]) && bodies[2] === 'ok\n' && /three/.test(bodies[3]), `pipelined: ${bodies}`);
  },
  async 'two thousand pipelined posts'(p) {
    const raw = p.raw().send(p.post('/api/echo', '{"text":"x"}').repeat(2000));
    let n = 0;
    while (n < 2000 && (await raw.answer(5000))?.status === 200) n++;
    raw.end();
    check(n === 2000, `pipelined posts: ${n}`);
  },
  async 'a body shorter than its length does not swallow the next request'(p) {
    const raw = p.raw().send(p.post('/api/echo', '{"text":"a"}').replace('Length: 12', 'Length: 5'));
    check((await raw.answer())?.status === 400, 'short length: the cut body is no JSON');
    const second = await raw.answer(500);
    check(!second || second.status === 400, `short length: the rest is no request (${second?.status})`);
    raw.end();
  },
  async 'a head byte by byte'(p) {
    const raw = p.raw();
    for (const c of p.head('GET /healthz')) { raw.send(c); await sleep(1); }
    check((await raw.answer())?.status === 200, 'byte by byte');
    raw.end();
  },
  async 'reset storm'(p) {
    const starts = ['', 'GET', p.head('GET /healthz').slice(0, -2), p.post('/api/slow', '{"text":"x","number":3}'), p.head('GET /api/big/300000'), p.upgrade(), p.upgrade() + 'xxxx'];
    for (let round = 0; round < 30; round++) {
      const storm = Array.from({ length: 60 }, (_, i) => {
        const raw = p.raw().send(starts[i % starts.length]);
        return sleep(round % 5 * 2).then(() => raw.socket.resetAndDestroy());
      });
      await Promise.all(storm);
    }
    await sleep(500);
  },
  async 'half-open: end of sending before the answer'(p) {
    const raw = p.raw({ allowHalfOpen: true }).send(p.post('/api/slow', '{"text":"x","number":100}'));
    raw.socket.end();
    check((await raw.answer())?.status === 200, 'the answer still comes');
    check(await raw.closed(3000), 'then it ends');
  },
  async 'sixty-four unanswered messages stop the reading, and none is lost'(p) {
    const raw = await p.socket('good-64'), total = 300;
    for (let i = 1; i <= total; i++) raw.send(message('slow', i, { text: 'x', number: 5 }));
    await sleep(300);
    const jobs = await p.figure('hearken_jobs');
    check(jobs <= 64, `at most 64 are on their way: ${jobs}`);
    let next = 1;
    while (next <= total && JSON.parse((await raw.frame(3000))?.payload ?? '{}').id === next) next++;
    raw.end();
    check(next === total + 1, `all are answered in order: ${next - 1}`);
  },
  async 'answers and problems carry their id'(p) {
    const raw = await p.socket('good-5');
    const ask = async (bytes) => JSON.parse((await raw.send(bytes).frame())?.payload ?? '{}');
    const is = (got, wanted) => check(Object.entries(wanted).every(([k, v]) => got[k] === v), `${JSON.stringify(got)} is not ${JSON.stringify(wanted)}`);
    is(await ask(message('echo', 1, { text: 'gr\u00fc\u00df "\\\u{1f642}' })), { t: 'ok', id: 1, text: 'gr\u00fc\u00df "\\\u{1f642}' });
    is(await ask(message('quick', 2, { text: 'x' })), { t: 'ok', id: 2, text: 'x' });
    is(await ask(message('nothing', 3)), { t: 'problem', id: 3, code: 'unknown' });
    is(await ask(message('echo', 4)), { t: 'problem', id: 4, code: 'bad', member: 'text' });
    is(await ask(message('echo', 5, { text: 'x', role: 'admin' })), { t: 'problem', id: 5, member: '(unknown)' });
    is(await ask(message('stale', 6)), { t: 'problem', id: 6, code: 'stale_epoch', epoch: 7 });
    is(await ask(message('admin', 7)), { t: 'problem', id: 7, code: 'refused' });
    const whole = Buffer.from(JSON.stringify({ t: 'echo', id: 8, text: '\u{1f642}'.repeat(50) }));
    const parts = Array.from({ length: 20 }, (_, i) => frame(i ? 0 : 1, whole.subarray(i * 14, i === 19 ? undefined : i * 14 + 14), { last: i === 19 }));
    raw.send(Buffer.concat(parts.flatMap((f) => [f, frame(9, 'p')]))); // pongs come between
    let got = {};
    for (let i = 0; i < 21 && got.id !== 8; i++) { const f = await raw.frame(); if (f?.opcode === 1) got = JSON.parse(f.payload); }
    is(got, { t: 'ok', id: 8 });
    raw.send(frame(8, Buffer.from([3, 0xe8])));
    check(await raw.closeCode() === 1000 && await raw.closed(2000), 'a close is answered with its own code');
  },
  async 'what is told reaches every socket, after the commit'(p) {
    const a = await p.socket('good'), b = await p.socket('good');
    await p.ask(p.post('/api/tell', '{"text":"hello all"}'));
    for (const raw of [a, b]) check(/hello all/.test((await raw.frame())?.payload), 'told');
    a.end(); b.end();
  },
  async 'a socket that reads nothing is dropped and the others are not'(p) {
    const slow = await p.socket('good'), well = await p.socket('good');
    slow.socket.pause();
    let heard = 0;
    const before = await p.figure('hearken_dropped_slow_total');
    for (let i = 0; i < 300 && (await p.figure('hearken_dropped_slow_total')) === before; i++) {
      await p.ask(p.post('/api/tell', JSON.stringify({ text: 'x'.repeat(59000) })));
      if (await well.frame()) heard++;
    }
    check((await p.figure('hearken_dropped_slow_total')) > before, `dropped after ${heard}`);
    check(heard > 5 && !well.ended, `the other one heard ${heard}`);
    slow.end(); well.end();
  },
  async 'slow heads, slow bodies and slow readers run out of time, whatever trickles'(p) {
    const began = Date.now(), over = {};
    const watch = (name, raw) => raw.closed(40000).then((fine) => { over[name] = fine ? Date.now() - began : Infinity; });
    const heads = Array.from({ length: 200 }, () => p.raw()), silent = p.raw();
    const body = p.raw().send(p.post('/api/echo', '{"text":"a"}').slice(0, -8).replace('Length: 12', 'Length: 60000'));
    const reader = p.raw().send(p.head('GET /api/big/3000000').repeat(20));
    reader.socket.pause();
    let text = 0;
    const trickle = setInterval(() => { heads.forEach((r) => r.send('GET / HTTP/1.1\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyy'[text] ?? 'y')); body.send('x'); text++; }, 400);
    const done = Promise.all([...heads.map((r, i) => watch(`head ${i}`, r)), watch('silent', silent), watch('body', body)]);
    await sleep(1000);
    check((await p.unwell()) === '', 'well meanwhile');
    await done;
    clearInterval(trickle);
    const slowest = Math.max(...Object.entries(over).filter(([k]) => k !== 'body').map(([, v]) => v));
    check(slowest < 13000, `heads ended after ${slowest} ms`);
    check(over.body > 15000 && over.body < 25000, `the body ended after ${over.body} ms`);
    reader.socket.resume();
    let n = 0;
    while (n < 20 && await reader.answer(2000)) n++;
    check(n < 20, `the slow reader got ${n} of 20`);
    reader.end();
  },
};

async function selfTest(files) {
  // Each of these servers has one illness; the harness must name it.
  const ill = async (name, program, wanted) => {
    const port = await freePort();
    const child = spawn(process.execPath, ['-e', program.replace('PORT', port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done) => child.stdout.once('data', done));
    const p = Object.assign(new Place(), { at: { port }, host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}`, process: child });
    p.exit = new Promise((done) => child.on('exit', (code, signal) => done(signal ?? code)));
    const found = await wanted(p);
    check(found, `the harness notices a server that ${name}`);
    child.kill('SIGKILL');
  };
  const server = (more, answer = "r.end('ok')") => `${more};require('http').createServer((q,r)=>{${answer}}).listen(PORT,'127.0.0.1',()=>console.log('ready'))`;
  await ill('hangs', server('', ''), async (p) => /no .healthz/.test(await p.unwell()));
  await ill('burns', server('setInterval(()=>{const t=Date.now();while(Date.now()-t<30);},60)'), async (p) => /not idle/.test(await p.unwell()));
  await ill('stays on SIGTERM', server("process.on('SIGTERM',()=>{})"), async (p) => (await p.stop(1000)) === 'stays');
  await ill('is lenient', server(''), async (p) => {
    let noticed = 0;
    for (const [, bytes, statuses] of badRequests(p).slice(0, 45)) if (!statuses.includes((await p.ask(bytes, 300))?.status)) noticed++;
    return noticed > 15;
  });
}

async function main() {
  const files = mkdtempSync(`${tmpdir()}/wire-hostile-`);
  writeFileSync(`${files}/index.html`, '<!doctype html><title>place</title>');
  writeFileSync(`${files}/manifest.json`, '{"files":[{"path":"/","file":"index.html","type":"text/html; charset=utf-8"}]}');
  if (!only) await selfTest(files);
  const p = await Place.start(binary, { files });
  const after = async (name) => { const why = await p.unwell(); check(why === '', `after "${name}": ${why}`); };
  for (const [name, bytes, statuses] of badRequests(p)) {
    if (only && !name.includes(only)) continue;
    const answer = await p.ask(bytes);
    check(statuses.includes(answer?.status), `${name}: ${answer?.status ?? 'no answer'} instead of ${statuses}`);
    if (answer) check(/\r\ncontent-security-policy: /i.test(answer.head) && !/\r\nserver:/i.test(answer.head), `${name}: security fields`);
    check((await p.ask(p.head('GET /healthz'), 1000))?.status === 200, `${name}: healthy after it`);
  }
  await after('all bad requests');
  for (const [name, bytes, code] of badFrames()) {
    if (only && !name.includes(only)) continue;
    const raw = await p.socket(), got = (raw.send(bytes), await raw.closeCode());
    check(got === code, `frame, ${name}: closed with ${got} instead of ${code}`);
    raw.end();
    check((await p.ask(p.head('GET /healthz'), 1000))?.status === 200, `frame, ${name}: healthy after it`);
  }
  await after('all bad frames');
  for (const [name, attack] of Object.entries(attacks)) {
    if (only && !name.includes(only)) continue;
    await attack(p);
    await after(name);
  }
  await drain(p);
  await rates(files);
  rmSync(files, { recursive: true });
  console.log(`${checks - failures} passed, ${failures} failed`);
  process.exit(failures || checks < 1 ? 1 : 0);
}

// SIGTERM: what runs is finished, sockets close with 1001, idle and half-sent connections do not hold it up.
async function drain(p) {
  const socket = await p.socket(), idle = p.raw(), half = p.raw().send('GET / HT'), busy = p.raw();
  await idle.send(p.head('GET /healthz')).answer();
  busy.send(p.post('/api/slow', '{"text":"finish me","number":700}'));
  await sleep(200);
  check((await p.figure('hearken_sockets')) === 1, `only one socket is left: ${await p.figure('hearken_sockets')}`);
  const opened = await p.figure('test_opened'), closed = await p.figure('test_closed');
  check(opened - closed === 1 && opened > 20, `every opened socket was told closed: ${opened}, ${closed}`);
  const code = p.stop();
  check((await socket.closeCode()) === 1001, 'sockets close with 1001');
  check(/finish me/.test((await busy.answer())?.body), 'a running request is answered');
  check((await code) === 0, `it leaves on SIGTERM: ${await code}`);
  check(half.ended && idle.ended, 'nothing is left open');
}

// The limits by rate, on a place that multiplies nothing.
async function rates(files) {
  const p = await Place.start(binary, { files, factor: 1 });
  const signIn = (handle) => p.ask(p.post('/api/sign-in', JSON.stringify({ handle })));
  const statuses = [];
  for (let i = 0; i < 14; i++) statuses.push((await signIn('anna')).status);
  check(statuses.filter((s) => s === 204).length === 12, `twelve guesses at one handle: ${statuses}`);
  const last = await signIn('anna');
  check(last.status === 429 && /retry-after: [1-9]/i.test(last.head) && !/set-cookie/i.test(last.head), 'then 429 with Retry-After');
  const other = await signIn('ben');
  check(other.status === 204, 'another handle is not locked');
  check(/set-cookie: __Host-hearken=signed-in; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Strict/i.test(other.head), 'the cookie');
  check((await p.ask(p.head('GET /healthz'))).status === 200, 'health is not limited');
  check((await p.stop()) === 0, 'it leaves');
  process.env.TRUST_FORWARDED = '1';
  const q = await Place.start(binary, { files, factor: 1 });
  delete process.env.TRUST_FORWARDED;
  const from = async (who) => (await q.ask(q.post('/api/sign-in', '{"handle":"anna"}', [`X-Forwarded-For: ${who}`]))).status;
  const many = async (who) => { let n = 0; for (let i = 0; i < 14; i++) n += (await from(who(i))) === 204; return n; };
  check((await many(() => '192.0.2.1')) === 12, 'an address behind the proxy is counted');
  check((await many((i) => `198.51.100.${i}, 192.0.2.1`)) === 0, 'what stands before the last address is hearsay');
  check((await many(() => '192.0.2.2')) === 12, 'another address is another bucket');
  check((await many((i) => `2001:db8:1:2::${i}`)) === 12, 'an IPv6 /64 is one');
  check((await many((i) => `2001:db8:1:${i + 5}::1`)) === 14, 'others are not');
  check((await q.stop()) === 0, 'it leaves, too');
}

await main();

// SPDX-License-Identifier: AGPL-3.0-or-later
// What the hostile tests speak with: raw bytes over a socket, no client that would repair them.
import net from 'node:net';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A connection that collects what comes. `at` is {port} or {path}.
export class Raw {
  constructor(at, options = {}) {
    this.bytes = Buffer.alloc(0);
    this.ended = false;
    this.waiting = [];
    const { connect = net.connect, ...rest } = options;
    this.socket = connect({ host: '127.0.0.1', ...at, ...rest });
    this.socket.on('data', (d) => { this.bytes = Buffer.concat([this.bytes, d]); this.#look(); });
    this.socket.on('close', () => { this.ended = true; this.#look(); });
    this.socket.on('error', () => { this.ended = true; this.#look(); });
  }
  #look() { for (const look of [...this.waiting]) look(); }
  send(data) { if (!this.socket.destroyed) this.socket.write(data); return this; }
  // Waits until ready() says so, or the time is over; gives back what ready() gave.
  until(ready, ms = 2000) {
    return new Promise((done) => {
      const finish = (value) => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((w) => w !== look);
        done(value);
      };
      const look = () => { const value = ready(); if (value || this.ended) finish(value); };
      const timer = setTimeout(() => finish(ready()), ms);
      this.waiting.push(look);
      look();
    });
  }
  // The next whole HTTP answer: {status, head, body}, or null.
  async answer(ms) {
    const found = await this.until(() => {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const head = this.bytes.subarray(0, end).toString('latin1');
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (this.bytes.length < end + 4 + length) return null;
      const body = this.bytes.subarray(end + 4, end + 4 + length);
      return { head, body, used: end + 4 + length, status: Number(head.slice(9, 12)) };
    }, ms);
    if (found) this.bytes = this.bytes.subarray(found.used);
    return found;
  }
  // The next frame of a server: {opcode, payload}, or null.
  async frame(ms) {
    const found = await this.until(() => {
      const b = this.bytes;
      if (b.length < 2) return null;
      let n = b[1] & 127, at = 2;
      if (n === 126) { if (b.length < 4) return null; n = b.readUInt16BE(2); at = 4; }
      else if (n === 127) { if (b.length < 10) return null; n = Number(b.readBigUInt64BE(2)); at = 10; }
      if (b.length < at + n) return null;
      return { opcode: b[0] & 15, payload: b.subarray(at, at + n), used: at + n };
    }, ms);
    if (found) this.bytes = this.bytes.subarray(found.used);
    return found;
  }
  // The close code the server sends, 0 when the connection just ends, -1 when nothing happens.
  async closeCode(ms = 3000) {
    for (;;) {
      const f = await this.frame(ms);
      if (!f) return this.ended ? 0 : -1;
      if (f.opcode === 8) return f.payload.length >= 2 ? f.payload.readUInt16BE(0) : 1005;
    }
  }
  closed(ms) { return this.until(() => this.ended, ms).then(() => this.ended); }
  end() { this.socket.destroy(); }
}

export function frame(opcode, payload = '', { last = true, masked = true, rsv = 0, length } = {}) {
  const body = Buffer.from(payload), n = length ?? body.length;
  const head = [(last ? 0x80 : 0) | rsv | opcode];
  if (n < 126) head.push((masked ? 0x80 : 0) | n);
  else if (n < 65536) head.push((masked ? 0x80 : 0) | 126, n >> 8, n & 255);
  else { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); head.push((masked ? 0x80 : 0) | 127, ...b); }
  if (!masked) return Buffer.concat([Buffer.from(head), body]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
  return Buffer.concat([Buffer.from(head), mask, body]);
}

export class Place {
  static async start(binary, { listen, files, factor = 1000, tls = [], origin }) {
    const port = listen ? 0 : await freePort(), metrics = await freePort();
    const p = new Place();
    p.at = listen ? { path: listen.replace('unix:', ''), host: undefined } : { port };
    p.origin = origin ?? `${tls.length ? 'https' : 'http'}://127.0.0.1:${port}`;
    p.host = p.origin.split('://')[1];
    p.metricsPort = metrics;
    p.process = spawn(binary, [listen ?? `127.0.0.1:${port}`, p.origin, files, `127.0.0.1:${metrics}`, String(factor), ...tls],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    p.exit = new Promise((done) => p.process.on('exit', (code, signal) => done(signal ?? code)));
    process.on('exit', () => p.process.kill('SIGKILL')); // a test that fails leaves nothing behind
    await new Promise((done, fail) => { p.process.stdout.once('data', done); p.exit.then(() => fail(new Error('the place did not start'))); });
    return p;
  }
  raw(options) { return new Raw(this.at, options); }
  head(line, fields = [], body = '') {
    return `${line} HTTP/1.1\r\nHost: ${this.host}\r\n${fields.map((f) => f + '\r\n').join('')}\r\n${body}`;
  }
  post(path, body, fields = []) {
    return this.head(`POST ${path}`, [`Origin: ${this.origin}`, 'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`, ...fields], body);
  }
  async ask(bytes, ms) {
    const raw = this.raw().send(bytes), answer = await raw.answer(ms);
    raw.end();
    return answer;
  }
  upgrade({ fields, ticket = 'good', origin = this.origin } = {}) {
    return this.head('GET /api/socket', fields ?? ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', `Sec-WebSocket-Protocol: hearken.v1, ticket.${ticket}`,
      ...(origin ? [`Origin: ${origin}`] : [])]);
  }
  async socket(ticket) {
    const raw = this.raw().send(this.upgrade({ ticket }));
    const answer = await raw.answer();
    if (answer?.status !== 101) throw new Error(`no socket: ${answer?.status}`);
    await raw.frame(); // hello
    return raw;
  }
  async figure(name) {
    const raw = new Raw({ port: this.metricsPort }).send('GET /metrics HTTP/1.1\r\nHost: m\r\n\r\n');
    const answer = await raw.answer();
    raw.end();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(answer?.body.toString() ?? '')?.[1] ?? -1);
  }
  // Why it is not well after an attack, or ''. Well: /healthz within a second, and then idle.
  async unwell(pid = this.process.pid) {
    const asked = Date.now(), answer = await this.ask(this.head('GET /healthz'), 1000);
    if (answer?.status !== 200) return `no /healthz within a second (${answer?.status ?? 'nothing'}, ${Date.now() - asked} ms)`;
    let ticks = 0;
    for (let tries = 0; tries < 3; tries++) { // it may still have work that the attack left
      const before = cpuTicks(pid);
      await sleep(450);
      ticks = cpuTicks(pid) - before; // of 10 ms
      if (ticks <= 2) return '';
    }
    return `not idle: ${ticks * 10} ms of CPU in 450 ms`;
  }
  async stop(ms = 8000) {
    this.process.kill('SIGTERM');
    const code = await Promise.race([this.exit, sleep(ms).then(() => 'stays')]);
    if (code === 'stays') this.process.kill('SIGKILL');
    return code;
  }
}

export function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export function freePort() {
  return new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

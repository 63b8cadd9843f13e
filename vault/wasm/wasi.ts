// SPDX-License-Identifier: AGPL-3.0-or-later
// Just enough of WASI to run a test program of libsodium's: standard output, exit, and randomness. Tests only; our own
// modules import nothing of this. (node's own node:wasi crashes on the Argon2 test under node 20.)
import { webcrypto } from "node:crypto";

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

export type Ran = { code: number; stdout: string };

export async function runWasi(bytes: BufferSource): Promise<Ran> {
  const written: Uint8Array[] = [];
  const held: { memory?: WebAssembly.Memory } = {};
  const view = (): DataView => {
    if (held.memory === undefined) {
      throw new Error("no memory yet");
    }
    return new DataView(held.memory.buffer);
  };
  const bytesAt = (at: number, n: number): Uint8Array => new Uint8Array(view().buffer, at, n);
  const wasi = {
    fd_write(_fd: number, vectors: number, count: number, written_at: number): number {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const at = view().getUint32(vectors + 8 * i, true);
        const n = view().getUint32(vectors + 8 * i + 4, true);
        written.push(bytesAt(at, n).slice());
        total += n;
      }
      view().setUint32(written_at, total, true);
      return 0;
    },
    fd_close: (): number => 0,
    fd_seek: (): number => 70, // not seekable: it is a stream
    fd_fdstat_get(_fd: number, at: number): number {
      bytesAt(at, 24).fill(0);
      view().setUint8(at, 2); // a character device
      return 0;
    },
    proc_exit(code: number): never {
      throw new Exit(code);
    },
    clock_time_get(_clock: number, _precision: bigint, at: number): number {
      view().setBigUint64(at, process.hrtime.bigint(), true);
      return 0;
    },
  };
  const hearken = {
    random_fill(at: number, n: number): void {
      webcrypto.getRandomValues(bytesAt(at, n));
    },
  };
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: wasi, hearken });
  held.memory = instance.exports["memory"] as WebAssembly.Memory;
  let code = 0;
  try {
    (instance.exports["_start"] as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) {
      throw error;
    }
    code = error.code;
  }
  return { code, stdout: Buffer.concat(written).toString("latin1") };
}

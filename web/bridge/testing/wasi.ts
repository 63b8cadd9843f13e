// SPDX-License-Identifier: AGPL-3.0-or-later
// Just enough of WASI to run a test program: arguments, environment, standard output, one file to write, randomness,
// exit. Tests only; our own modules import nothing of this. (node's own node:wasi crashes on the Argon2 test under node 20,
// and browsers have none.)

class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

export type Ran = { code: number; stdout: string; file: string };
export type Given = { arguments?: string[]; environment?: Record<string, string> };

const STDOUT_MAX = 2;
const ROOT_FD = 3; // "/", the only directory
const FILE_FD = 4; // whatever is opened in it
const [OK, BADF, SPIPE] = [0, 8, 70];
const CHUNK = 65536;

export async function runWasi(bytes: BufferSource, given: Given = {}): Promise<Ran> {
  const encoder = new TextEncoder();
  const written: Uint8Array[] = [];
  const file: Uint8Array[] = [];
  const held: { memory?: WebAssembly.Memory } = {};
  const buffer = (): ArrayBuffer => {
    if (held.memory === undefined) throw new Error("no memory yet");
    return held.memory.buffer as ArrayBuffer;
  };
  const view = (): DataView => new DataView(buffer());
  const bytesAt = (at: number, n: number): Uint8Array<ArrayBuffer> => new Uint8Array(buffer(), at, n);

  // Lists of strings, as arguments and environment are handed over: how many, how long, then where each is.
  const list = (texts: readonly string[]) => {
    const all = texts.map((text) => encoder.encode(`${text}\0`));
    return {
      sizes(count_at: number, bytes_at: number): number {
        view().setUint32(count_at, all.length, true);
        view().setUint32(bytes_at, all.reduce((sum, one) => sum + one.length, 0), true);
        return OK;
      },
      get(pointers: number, at: number): number {
        let to = at;
        all.forEach((one, i) => {
          view().setUint32(pointers + 4 * i, to, true);
          bytesAt(to, one.length).set(one);
          to += one.length;
        });
        return OK;
      },
    };
  };
  const args = list(["program", ...(given.arguments ?? [])]);
  const environment = list(Object.entries(given.environment ?? {}).map(([name, value]) => `${name}=${value}`));

  const wasi = {
    args_sizes_get: args.sizes,
    args_get: args.get,
    environ_sizes_get: environment.sizes,
    environ_get: environment.get,
    fd_write(fd: number, vectors: number, count: number, written_at: number): number {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const at = view().getUint32(vectors + 8 * i, true);
        const n = view().getUint32(vectors + 8 * i + 4, true);
        (fd <= STDOUT_MAX ? written : file).push(bytesAt(at, n).slice());
        total += n;
      }
      view().setUint32(written_at, total, true);
      return OK;
    },
    fd_read: (): number => BADF,
    fd_close: (): number => OK,
    fd_seek: (): number => SPIPE, // not seekable: it is a stream
    fd_fdstat_get(fd: number, at: number): number {
      bytesAt(at, 24).fill(0);
      view().setUint8(at, fd === ROOT_FD ? 3 : fd === FILE_FD ? 4 : 2); // directory, file, terminal
      bytesAt(at + 8, 16).fill(0xff); // every right
      return OK;
    },
    fd_fdstat_set_flags: (): number => OK,
    fd_prestat_get(fd: number, at: number): number {
      if (fd !== ROOT_FD) return BADF;
      view().setUint32(at, 0, true);
      view().setUint32(at + 4, 1, true);
      return OK;
    },
    fd_prestat_dir_name(_fd: number, at: number): number {
      bytesAt(at, 1).set(encoder.encode("/"));
      return OK;
    },
    path_open(...asked: [number, number, number, number, number, bigint, bigint, number, number]): number {
      view().setUint32(asked[8], FILE_FD, true);
      return OK;
    },
    proc_exit(code: number): never {
      throw new Exit(code);
    },
    clock_time_get(_clock: number, _precision: bigint, at: number): number {
      view().setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
      return OK;
    },
  };
  const hearken = {
    random_fill(at: number, n: number): void {
      for (let from = 0; from < n; from += CHUNK) crypto.getRandomValues(bytesAt(at + from, Math.min(CHUNK, n - from)));
    },
  };
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: wasi, hearken });
  held.memory = instance.exports["memory"] as WebAssembly.Memory;
  let code = 0;
  try {
    (instance.exports["_start"] as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    code = error.code;
  }
  return { code, stdout: joined(written), file: joined(file) };
}

/** One character a byte: programs may print bytes that are no UTF-8. */
function joined(parts: readonly Uint8Array[]): string {
  const texts = parts.map((part) => Array.from(part, (byte) => String.fromCharCode(byte)).join(""));
  return texts.join("");
}

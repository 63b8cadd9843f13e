// SPDX-License-Identifier: AGPL-3.0-or-later
// Sealed files, chunk by chunk. The page sees what may be shown of a file; its key stays sealed in the descriptor.
import { utf8, type Reader } from "./codec.ts";
import { nothing, type VaultModule } from "./module.ts";
import type { Bytes, FileDescriptor, Id } from "./types.ts";

function descriptorFrom(a: Reader): FileDescriptor {
  return {
    blob: a.id(),
    size: a.u53(),
    chunks: a.u32(),
    name: utf8(a.bytes(a.u8())),
    type: utf8(a.bytes(a.u8())),
    sealed: a.long(),
  };
}

export class Files {
  constructor(private readonly module: VaultModule) {}

  /** From a message's content to what the page may have. */
  describe(content: Bytes): FileDescriptor {
    return this.module.call("file_describe", (q) => q.rest(content), descriptorFrom);
  }

  /** And back, for sealing a message: stays in the worker. */
  reveal(file: FileDescriptor): Bytes {
    return this.module.call("file_reveal", (q) => q.rest(file.sealed), (a) => a.rest());
  }

  sealStart(size: number): { file: number; blob: Id; chunks: number } {
    return this.module.call("file_seal_start", (q) => q.u53(size), (a) => ({ file: a.u8(), blob: a.id(), chunks: a.u32() }));
  }

  sealChunk(file: number, plain: Bytes): Bytes {
    return this.module.call("file_seal_chunk", (q) => q.u8(file).rest(plain), (a) => a.rest());
  }

  sealEnd(file: number, name: string, type: string): FileDescriptor {
    return this.module.call("file_seal_end", (q) => q.u8(file).shortText(name).shortText(type), descriptorFrom);
  }

  openStart(file: FileDescriptor): { file: number } {
    return this.module.call("file_open_start", (q) => q.rest(file.sealed), (a) => ({ file: a.u8() }));
  }

  openChunk(file: number, sealed: Bytes): { whole: boolean; plain: Bytes } {
    return this.module.call("file_open_chunk", (q) => q.u8(file).rest(sealed), (a) => ({ whole: a.u8() === 1, plain: a.rest() }));
  }

  stop(file: number): null {
    return this.module.call("file_stop", (q) => q.u8(file), nothing);
  }
}

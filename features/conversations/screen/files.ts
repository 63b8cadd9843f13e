// SPDX-License-Identifier: AGPL-3.0-or-later
// Files: sealed piece by piece on the way out, opened piece by piece on the way in. Nothing is shown before the last piece has
// been opened, because only the last one proves that the file is whole.
import type { FileDescriptor, Vault } from "../../../web/bridge/vault/vault.ts";
import { closeFile, getChunk, putChunk } from "./wire.ts";

const CHUNK_BYTES = 65_536;
export const LARGEST_BYTES = 25 * 1024 * 1024;
const SHOWN_AS_IMAGE = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

/** Shown in the page: only what a browser draws without running anything. Never SVG, never HTML. */
export function isImage(type: string): boolean {
  return SHOWN_AS_IMAGE.has(type.toLowerCase());
}

/** Under which type a file may be saved. Whatever a browser might run is saved as plain bytes. */
export function savedAs(type: string): string {
  return /^(image\/(jpeg|png|webp|gif|avif)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf|text\/plain)$/i.test(type) ? type : "application/octet-stream";
}

export async function sendFile(
  vault: Vault,
  conversation: string,
  file: File,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<FileDescriptor> {
  const started = await vault.ask("fileSealStart", { size: file.size });
  try {
    let sent = 0;
    for (let chunk = 0; chunk < started.chunks; chunk++) {
      const plain = new Uint8Array(await file.slice(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES).arrayBuffer());
      const sealed = await vault.ask("fileSealChunk", { file: started.file, plain });
      signal.throwIfAborted();
      await putChunk(conversation, started.blob, chunk, sealed, signal);
      sent += sealed.length;
      progress((chunk + 1) / started.chunks);
    }
    const descriptor = await vault.ask("fileSealEnd", { file: started.file, name: file.name.slice(-120), type: file.type.slice(0, 100) });
    await closeFile(conversation, started.blob, { chunks: started.chunks, size_bytes: sent });
    return descriptor;
  } catch (error) {
    await vault.ask("fileStop", { file: started.file }).catch(() => undefined);
    throw error;
  }
}

export async function openFile(
  vault: Vault,
  conversation: string,
  descriptor: FileDescriptor,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const { file } = await vault.ask("fileOpenStart", { file: descriptor });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    let whole = false;
    for (let chunk = 0; chunk < descriptor.chunks; chunk++) {
      const sealed = await getChunk(conversation, descriptor.blob, chunk, signal);
      const opened = await vault.ask("fileOpenChunk", { file, sealed });
      parts.push(opened.plain);
      whole = opened.whole;
      progress((chunk + 1) / descriptor.chunks);
    }
    if (!whole) throw new Error("not whole");
    return new Blob(parts, { type: savedAs(descriptor.type) });
  } finally {
    await vault.ask("fileStop", { file }).catch(() => undefined);
  }
}

/** "2.4 MB", in the words of the language. */
export function sizeWords(bytes: number, locale: string): string {
  const [value, unit] = bytes < 1000 ? [bytes, "byte"] : bytes < 1_000_000 ? [bytes / 1000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
}

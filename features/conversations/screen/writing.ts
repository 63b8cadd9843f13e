// SPDX-License-Identifier: AGPL-3.0-or-later
// Small decisions while writing. Pure.

/** Bytes of words that fit into one sealed message beside its head (FORMAT.md, 5). */
export const LONGEST_BYTES = 16_000;
/** Characters the box takes: a fence against pasting a book; bytes decide. */
export const LONGEST_WORDS = 16_000;

export function fits(words: string): boolean {
  if (words.length * 3 <= LONGEST_BYTES) return true;
  return new TextEncoder().encode(words).length <= LONGEST_BYTES;
}

interface Reader {
  readonly disabled?: boolean | undefined;
  readonly left?: boolean | undefined;
}

/** Of the others in a talk, those who would read what is written now: not who left, nor who may not come in any more. */
export function wouldRead<M extends Reader>(others: readonly M[]): readonly M[] {
  return others.filter((m) => m.disabled !== true && m.left !== true);
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

/** Enter makes a new line: nobody should send half a sentence by accident on their worst night. Ctrl or Cmd with Enter sends. */
export function sendsOn(key: Key): boolean {
  return key.key === "Enter" && (key.ctrlKey || key.metaKey) && !key.isComposing;
}

/** Is the reader at the end of the page, so that new words may come into sight by themselves? */
export function atEnd(scrollTop: number, viewHeight: number, pageHeight: number): boolean {
  return pageHeight - scrollTop - viewHeight < 160;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// Style sheets are imported for what they do, not for what they say.
declare module "*.css";
declare module "*.txt" {
  const text: string;
  export default text;
}

// A piece of a catalogue: what the first screen can say, and the rest (tools/web/words.mjs).
declare module "*.json?start" {
  const words: Readonly<Record<string, string>>;
  export default words;
}
declare module "*.json?rest" {
  const words: Readonly<Record<string, string>>;
  export default words;
}

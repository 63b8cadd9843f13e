// SPDX-License-Identifier: AGPL-3.0-or-later
// The one listening worker of this page, for hints, mirrors and the page to try it. It starts when first asked and rests by itself.
import { startListening, type Listening } from "../../../web/bridge/listening/listening.ts";

let engine: Listening | null = null;

export function listening(): Listening {
  engine ??= startListening();
  return engine;
}

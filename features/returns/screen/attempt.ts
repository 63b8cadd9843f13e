// SPDX-License-Identifier: AGPL-3.0-or-later
// One press at a time, and what went wrong with it, in words.
import { useSignal, type Signal } from "@preact/signals";

export interface Attempts {
  readonly busy: Signal<boolean>;
  readonly trouble: Signal<string | null>;
  /** Does nothing while an earlier one runs. */
  readonly attempt: (what: () => Promise<void>) => Promise<void>;
}

export function useAttempts(inWords: (error: unknown) => string): Attempts {
  const busy = useSignal(false);
  const trouble = useSignal<string | null>(null);
  const attempt = async (what: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = null;
    try {
      await what();
    } catch (error) {
      trouble.value = inWords(error);
    } finally {
      busy.value = false;
    }
  };
  return { busy, trouble, attempt };
}

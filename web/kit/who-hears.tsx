// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from "preact";

/** The one line every screen has: who can hear this. */
export function WhoHears({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="who-hears">
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path
          d="M8 1.8a4.2 4.2 0 0 0-4.2 4.2h1.5a2.7 2.7 0 1 1 4.6 1.9c-1 1-1.7 1.7-1.7 3.1a1.3 1.3 0 0 1-2.6.1H4.1a2.8 2.8 0 0 0 5.6-.1c0-.8.4-1.2 1.3-2A4.2 4.2 0 0 0 8 1.8Z"
          fill="currentColor"
        />
      </svg>
      <span>{children}</span>
    </p>
  );
}

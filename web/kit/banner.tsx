// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from "preact";

interface BannerProps {
  readonly children: ComponentChildren;
  readonly look?: "plain" | "warm" | "danger";
  /** Danger is spoken at once; everything else waits for a pause. */
  readonly action?: ComponentChildren;
}

/** What happened, what is safe, and what can be done. */
export function Banner({ children, look = "plain", action }: BannerProps) {
  const shape = look === "plain" ? "banner" : `banner banner-${look}`;
  return (
    <div class={shape} role={look === "danger" ? "alert" : "status"}>
      <span class="banner-words">{children}</span>
      {action}
    </div>
  );
}

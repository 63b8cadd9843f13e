// SPDX-License-Identifier: AGPL-3.0-or-later
// A part that is drawn again only when `same` says no.
import { Component, h, type ComponentType, type FunctionComponent } from "preact";

export function memo<P extends object>(part: FunctionComponent<P>, same: (before: P, now: P) => boolean): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props, next);
    }
    override render() {
      return h(part, this.props);
    }
  };
}

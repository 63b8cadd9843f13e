// SPDX-License-Identifier: AGPL-3.0-or-later
// Parts of the page that come when they are wanted. If one does not come (no network), the page says so and tries again on
// a press; nothing else on it is touched.
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { learnAll } from "../words/load.ts";
import { t } from "../words/words.ts";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";

type Coming<P> = { readonly is: "coming" } | { readonly is: "here"; readonly part: ComponentType<P> } | { readonly is: "lost" };

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let come: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<Coming<P>>(come === null ? { is: "coming" } : { is: "here", part: come });
    const [tries, setTries] = useState(0);
    useEffect(() => {
      let wanted = true;
      Promise.all([load(), learnAll()]).then(
        ([part]) => {
          come = part;
          if (wanted) setState({ is: "here", part });
        },
        () => {
          if (wanted) setState({ is: "lost" });
        },
      );
      return () => {
        wanted = false;
      };
    }, [tries]);
    switch (state.is) {
      case "here":
        return <state.part {...props} />;
      case "coming":
        return null;
      case "lost":
        return (
          <Banner look="warm" action={<Button onPress={() => setTries(tries + 1)}>{t("kit.retry")}</Button>}>
            {t("kit.part_lost")}
          </Banner>
        );
      default:
        return state satisfies never;
    }
  };
}

/** A part that breaks while drawing must not take the page with it. */
export class Mended extends Component<{ readonly children: ComponentChildren }, { readonly broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Banner look="danger" action={<Button onPress={() => this.setState({ broken: false })}>{t("kit.retry")}</Button>}>
        {t("kit.part_broken")}
      </Banner>
    );
  }
}

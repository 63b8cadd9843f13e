// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from "preact/hooks";
import type { ComponentChildren, Ref } from "preact";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | null;
  readonly type?: "text" | "password" | "date" | "number" | "time";
  readonly long?: boolean;
  readonly rows?: number;
  readonly maxLength?: number;
  readonly autocomplete?: string;
  readonly required?: boolean;
  readonly inputRef?: Ref<HTMLInputElement | HTMLTextAreaElement>;
  readonly spellcheck?: boolean;
  readonly name?: string;
}

/** A labelled field with its hint and its error, tied together for those who hear the page. */
export function Field(props: FieldProps) {
  const id = useId();
  const error = props.error ?? null;
  const described = [props.hint === undefined ? "" : `${id}-hint`, error === null ? "" : `${id}-error`].join(" ").trim();
  const shared = {
    id,
    class: "input",
    name: props.name,
    value: props.value,
    maxLength: props.maxLength,
    autocomplete: props.autocomplete ?? "off",
    spellcheck: props.spellcheck ?? true,
    required: props.required,
    "aria-describedby": described === "" ? undefined : described,
    "aria-invalid": error === null ? undefined : ("true" as const),
    dir: "auto" as const,
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {props.label}
      </label>
      {props.hint === undefined ? null : (
        <span class="field-hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
      {props.long === true ? (
        <textarea {...shared} rows={props.rows ?? 5} ref={props.inputRef as Ref<HTMLTextAreaElement>} onInput={(e) => props.onValue(e.currentTarget.value)} />
      ) : (
        <input {...shared} type={(props.type ?? "text") as "text"} ref={props.inputRef as Ref<HTMLInputElement>} onInput={(e) => props.onValue(e.currentTarget.value)} />
      )}
      {error === null ? null : (
        <span class="field-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly options: readonly { readonly value: T; readonly words: string; readonly hint?: string; readonly notYet?: boolean }[];
  readonly value: T;
  readonly onValue: (value: T) => void;
  readonly quietLegend?: boolean;
}

/** One of a few. What cannot be chosen yet is shown, and says so. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <fieldset class="stack-close">
      <legend class={props.quietLegend === true ? "only-heard" : "field-label"}>{props.legend}</legend>
      {props.options.map((option) => (
        <label class="choice" key={option.value}>
          <input
            type="radio"
            name={props.name}
            value={option.value}
            checked={props.value === option.value}
            disabled={option.notYet === true}
            onChange={() => props.onValue(option.value)}
          />
          <span>
            {option.words}
            {option.hint === undefined ? null : <span class="field-hint"> {option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

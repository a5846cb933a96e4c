// Every setting of a recipe, with type, range and description; changed ones are marked and can be reset.
import { useState } from "react";
import { Input, Label, NumberField, SearchField, Text, TextField } from "react-aria-components";
import { Button, Toggle } from "../../ui/controls";
import { Select } from "../../ui/select";
import styles from "./advanced.module.css";
import type { RecipeDetail, Setting } from "./api";
import { type Changes, withChange } from "./changes";
import { useRecipeWords } from "./recipe-words";
import { useWords } from "./words";

const groupOf = (key: string) => key.slice(0, key.indexOf("."));

export function Advanced({
  recipe,
  changes,
  change,
}: {
  recipe: Pick<RecipeDetail, "family" | "settings">;
  changes: Changes;
  change: (changes: Changes) => void;
}) {
  const words = useWords();
  const [wanted, setWanted] = useState("");
  const changed = Object.keys(changes).length;
  const text = wanted.trim().toLowerCase();
  const { describe } = useRecipeWords();
  const settings = recipe.settings.map((setting) => ({ ...setting, description: describe(recipe.family, setting) }));
  const found = settings.filter(({ key, description }) => `${key} ${description}`.toLowerCase().includes(text));
  const groups = [...new Set(found.map(({ key }) => groupOf(key)))];
  return (
    <details className={styles.advanced}>
      <summary>{words.advanced}</summary>
      <p className="quiet small">{words.advancedHelp}</p>
      <div className={styles.tools}>
        <SearchField className="field" value={wanted} onChange={setWanted} aria-label={words.find}>
          <Input placeholder={words.find} />
        </SearchField>
        {changed > 0 && <Button onPress={() => change({})}>{words.resetAll(changed)}</Button>}
      </div>
      {groups.map((group) => (
        <fieldset key={group} className={styles.group}>
          <legend>{words.groups[group] ?? group}</legend>
          {found
            .filter(({ key }) => groupOf(key) === group)
            .map((setting) => (
              <SettingField
                key={setting.key}
                setting={setting}
                changed={setting.key in changes}
                value={setting.key in changes ? changes[setting.key] : setting.value}
                onChange={(next) => change(withChange(changes, setting, next))}
              />
            ))}
        </fieldset>
      ))}
    </details>
  );
}

type FieldProps = { setting: Setting; value: unknown; onChange: (value: unknown) => void };

function SettingField({ changed, ...props }: FieldProps & { changed: boolean }) {
  const words = useWords();
  const { key, description, value } = props.setting;
  return (
    <div className={styles.setting} data-changed={changed || undefined}>
      <Field {...props} />
      {(description || changed) && (
        <p className="quiet small">
          {description}{" "}
          {changed && (
            <Button variant="bare" aria-label={words.reset(key)} onPress={() => props.onChange(value)}>
              ↺ {shown(value, words.none)}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

const shown = (value: unknown, none: string) =>
  value === null || value === "" ? none : Array.isArray(value) ? value.map(String).join(", ") || none : String(value);

function Field({ setting, value, onChange }: FieldProps) {
  const words = useWords();
  const { key, kind, choices, optional, minimum, maximum, above } = setting;
  const name = key.slice(key.indexOf(".") + 1);
  const options = kind === "boolean" ? [true, false] : choices;
  switch (kind === "boolean" && optional ? "choice" : kind) {
    case "boolean":
      return <Toggle text={name} value={value === true} onChange={onChange} />;
    case "choice":
      return (
        <Select
          label={name}
          value={JSON.stringify(value)}
          onChange={(next) => onChange(JSON.parse(next))}
          options={[...(optional ? [null] : []), ...options].map((each) => ({
            id: JSON.stringify(each),
            name: shown(each, words.none),
          }))}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberField
          className="field"
          value={typeof value === "number" ? value : Number.NaN}
          {...(minimum != null ? { minValue: minimum } : {})}
          {...(maximum != null ? { maxValue: maximum } : {})}
          formatOptions={{ useGrouping: false, maximumFractionDigits: kind === "integer" ? 0 : 12 }}
          onChange={(next) => onChange(Number.isFinite(next) ? next : optional ? null : setting.value)}
        >
          <Label>{name}</Label>
          <Input {...(optional ? { placeholder: words.none } : {})} />
          <Text slot="description" className="quiet small">
            {rangeText(words, minimum, maximum, above)}
          </Text>
        </NumberField>
      );
    case "list":
      return (
        <TextField
          className="field"
          value={Array.isArray(value) ? value.map(String).join(", ") : ""}
          onChange={(text) => onChange(listOf(text, setting.value))}
        >
          <Label>{name}</Label>
          <Input placeholder={choices.map(String).join(", ") || words.none} />
        </TextField>
      );
    default:
      return (
        <TextField
          className="field"
          value={value === null || value === undefined ? "" : String(value)}
          onChange={(text) => onChange(text === "" && optional ? null : text)}
        >
          <Label>{name}</Label>
          <Input {...(optional ? { placeholder: words.none } : {})} />
        </TextField>
      );
  }
}

/** The items of a list as they are typed; numbers where the recipe's own are numbers. */
function listOf(text: string, before: unknown): unknown[] {
  const items = text.split(",").map((item) => item.trim());
  const numeric = Array.isArray(before) && typeof before[0] === "number";
  const given = items.filter((item, at) => item !== "" || (at > 0 && at === items.length - 1));
  return numeric ? given.filter((item) => item !== "").map(Number) : given;
}

function rangeText(
  words: ReturnType<typeof useWords>,
  minimum: number | null,
  maximum: number | null,
  above: number | null,
): string {
  if (minimum !== null && maximum !== null) return words.range(String(minimum), String(maximum));
  if (minimum !== null) return words.from(String(minimum));
  return above !== null ? words.above(String(above)) : "";
}

// Changes of settings: kept as values by key, sent as KEY=VALUE.
import type { Setting } from "./api";

export type Changes = Readonly<Record<string, unknown>>;

/** The changes of a suggestion, such as `data.channels=1`. */
export function suggestedChanges(sets: readonly string[]): Changes {
  return Object.fromEntries(
    sets.map((set) => {
      const at = set.indexOf("=");
      const text = set.slice(at + 1);
      try {
        return [set.slice(0, at), JSON.parse(text) as unknown];
      } catch {
        return [set.slice(0, at), text];
      }
    }),
  );
}

/** As the server takes them: JSON is YAML. */
export const settingChanges = (changes: Changes): string[] =>
  Object.entries(changes).map(([key, value]) => `${key}=${JSON.stringify(value)}`);

/** With another value of a setting; the recipe's own is no change. */
export function withChange(changes: Changes, { key, value }: Setting, next: unknown): Changes {
  const { [key]: _, ...others } = changes;
  return JSON.stringify(next) === JSON.stringify(value) ? others : { ...others, [key]: next };
}

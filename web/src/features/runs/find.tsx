// Finds runs in the list. What is wanted is in the address, so that a link or the back button brings it again.
import { Input, SearchField } from "react-aria-components";
import { useSearchParams } from "wouter";
import type { RunCard } from "../../api/types";
import { Select } from "../../ui/select";
import { matching, STATE, TEXT, type Wanted } from "./filter";
import styles from "./list.module.css";
import { useWords } from "./words";

/** The wanted runs, and how to want others. */
export function useWantedRuns(runs: readonly RunCard[]) {
  const words = useWords();
  const [query, setQuery] = useSearchParams();
  const wanted: Wanted = { text: query.get(TEXT) ?? "", state: query.get(STATE) ?? "" };
  const want = (change: Partial<Wanted>) => {
    const next = { ...wanted, ...change };
    setQuery([...(next.text ? [[TEXT, next.text]] : []), ...(next.state ? [[STATE, next.state]] : [])], {
      replace: true,
    });
  };
  return { wanted, want, shown: matching(runs, wanted, words.state) };
}

export function FindRuns({
  runs,
  shown,
  wanted,
  want,
}: {
  runs: readonly RunCard[];
  shown: number;
  wanted: Wanted;
  want: (change: Partial<Wanted>) => void;
}) {
  const words = useWords();
  const states = [...new Set([...runs.map(({ status }) => status.state as string), wanted.state])].filter(Boolean);
  return (
    <search className={styles.find}>
      <SearchField className="field" value={wanted.text} onChange={(text) => want({ text })} aria-label={words.find}>
        <Input placeholder={words.find} />
      </SearchField>
      <Select
        label={words.stateLabel}
        hideLabel
        value={wanted.state}
        onChange={(state) => want({ state })}
        options={[
          { id: "", name: words.anyState },
          ...states.map((state) => ({ id: state, name: words.state[state] ?? state })),
        ]}
      />
      <p className="quiet small figures" role="status">
        {wanted.text || wanted.state ? words.found(shown, runs.length) : ""}
      </p>
    </search>
  );
}

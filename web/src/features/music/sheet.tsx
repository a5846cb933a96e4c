// The music of a sample sheet: one phrase at a time, seen and heard.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SheetProps } from "../../feature";
import { ProblemNote } from "../../ui/feedback";
import { Select } from "../../ui/select";
import { readSheetMusic } from "./api";
import { Performance } from "./performance";
import styles from "./sheet.module.css";
import { useWords } from "./words";

export function SheetPlayer({ run, sheet }: SheetProps) {
  const words = useWords();
  const [chosen, setChosen] = useState(0);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["runs", run, "music", sheet.nimg],
    queryFn: ({ signal }) => readSheetMusic(run, sheet.nimg, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  if (!data) return error === null ? null : <ProblemNote error={error} retry={refetch} />;
  const index = Math.min(chosen, data.phrases.length - 1);
  const piece = data.phrases[index];
  if (!piece) return null;
  const name = words.phraseOf(index + 1);
  return (
    <section className={styles.listen} aria-label={words.listen} aria-busy={isPlaceholderData}>
      <div className={styles.head}>
        <h3>{words.listen}</h3>
        <Select
          label={words.phrase}
          hideLabel
          value={String(index)}
          onChange={(id) => setChosen(Number(id))}
          options={data.phrases.map((_, at) => ({ id: String(at), name: words.phraseOf(at + 1) }))}
        />
      </div>
      <Performance id={`${run}-${sheet.nimg}`} named={{ name, piece }} format={data.format} tempo={data.format.tempo} />
    </section>
  );
}

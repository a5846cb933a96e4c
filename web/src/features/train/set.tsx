// Pictures that are trained on: what they are, what shall be learned from them, and how.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { ProblemNote, Progress, Waiting } from "../../ui/feedback";
import { BackIcon } from "../../ui/icons";
import { useTitle } from "../../ui/use-title";
import { type Choice, type PictureSetDetail, recipesQuery, setQuery, suggestionsQuery } from "./api";
import { ContactSheet } from "./contact-sheet";
import { Goals } from "./goals";
import { Plan } from "./plan";
import styles from "./train.module.css";
import { Upload } from "./upload-actions";
import { useWords } from "./words";

const UNPACKING_MILLISECONDS = 500;

export function SetPage({ id }: { id: string }) {
  const words = useWords();
  const client = useQueryClient();
  useTitle(id);
  const { data, error, refetch } = useQuery({
    ...setQuery(id),
    refetchInterval: ({ state }) => (isUnpacking(state.data) ? UNPACKING_MILLISECONDS : false),
  });
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: setQuery(id).queryKey }),
      client.invalidateQueries({ queryKey: suggestionsQuery(id).queryKey }),
    ]);
  return (
    <>
      <header className="page-head">
        <Link href="/train" className={styles.back}>
          <BackIcon />
          {words.back}
        </Link>
        <h1>{id}</h1>
      </header>
      {!data && error === null && <Waiting />}
      {!data && error !== null && <ProblemNote error={error} retry={refetch} />}
      {data && isUnpacking(data) && data.unpacking && (
        <div role="status" className={styles.unpacking}>
          <Progress value={data.unpacking.done / Math.max(1, data.unpacking.total)} label={words.pictures} />
          <p className="figures">{words.unpacking(data.unpacking.done, data.unpacking.total)}</p>
        </div>
      )}
      {data && <ContactSheet set={data} />}
      {data?.uploaded && !isUnpacking(data) && <Upload key={String(data.expected)} set={data} refresh={refresh} />}
      {data && !isUnpacking(data) && <Learning set={data} />}
    </>
  );
}

const isUnpacking = (set: PictureSetDetail | undefined) => set?.unpacking?.ended === false;

function Learning({ set }: { set: PictureSetDetail }) {
  const words = useWords();
  const { data, error, refetch } = useQuery({ ...suggestionsQuery(set.name), staleTime: Number.POSITIVE_INFINITY });
  const recipes = useQuery({ ...recipesQuery, staleTime: Number.POSITIVE_INFINITY }).data;
  const [chosen, setChosen] = useState<Choice | null>(null);
  const first = recipes?.[0];
  const fallback = first && { goal: "", recipe: first.name, sets: [] };
  const choice = chosen ?? data?.suggestions[0] ?? (data || error !== null ? fallback : undefined);
  const suggestion = data?.suggestions.find((one) => one.recipe === choice?.recipe && one.goal === choice.goal);
  const leftOut = data?.music ? data.music.pictures : set.music;
  return (
    <>
      <section className="section" aria-labelledby="goal">
        <h2 id="goal">{words.goal}</h2>
        {!data && error === null && (
          <>
            <p className="quiet">{words.looking}</p>
            <Waiting />
          </>
        )}
        {error !== null && <ProblemNote error={error} retry={refetch} />}
        {data && leftOut > 0 && (
          <p className="quiet">{words.leftOut(data.music ? words.count(leftOut) : words.music(leftOut))}</p>
        )}
        {data?.suggestions.length === 0 && <p className="quiet">{words.noSuggestion}</p>}
        {data && <Goals report={data} value={choice?.goal ?? ""} choose={setChosen} />}
      </section>
      {choice && recipes && (
        <Plan set={set} choice={choice} suggestion={suggestion} recipes={recipes} choose={setChosen} />
      )}
    </>
  );
}

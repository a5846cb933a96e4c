// The first step: pictures come in, or some that are there are chosen; below, what is being trained.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { useWords as useSharedWords } from "../../i18n/provider";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { SampleTraining } from "../../ui/sample-training";
import { useTitle } from "../../ui/use-title";
import { setsQuery } from "./api";
import { PicturesDrop } from "./drop";
import { Queue } from "./queue";
import styles from "./train.module.css";
import { useWords } from "./words";

export function StartPage() {
  const words = useWords();
  const { sampleTrainingHelp } = useSharedWords();
  const client = useQueryClient();
  const [, go] = useLocation();
  useTitle(words.title);
  const arrived = (id: string) => {
    void client.invalidateQueries({ queryKey: setsQuery.queryKey });
    go(`/train/${encodeURIComponent(id)}`);
  };
  return (
    <>
      <header className="page-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      <PicturesDrop arrived={arrived} />
      <div className={styles.sample}>
        <SampleTraining />
        <p className="quiet small">{sampleTrainingHelp}</p>
      </div>
      <OwnSets />
      <Queue />
    </>
  );
}

function OwnSets() {
  const words = useWords();
  const { data, error, refetch } = useQuery(setsQuery);
  return (
    <section className="section" aria-labelledby="own">
      <h2 id="own">{words.own}</h2>
      {!data && error === null && <Waiting />}
      {!data && error !== null && <ProblemNote error={error} retry={refetch} />}
      {data?.length === 0 && <p className="quiet">{words.ownNone}</p>}
      <ul className={styles.sets}>
        {data?.map(({ name, kind, uploaded, expected }) => (
          <li key={name}>
            <Link href={`/train/${encodeURIComponent(name)}`}>
              <strong>{name}</strong>
              <span className="quiet small">
                {expected !== null ? words.unfinished : uploaded ? words.uploaded : (words.set[kind] ?? kind)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The studies: raters take part, owners open and close them.
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useMay } from "../../api/queries";
import { Button } from "../../ui/controls";
import { Command, Empty, ProblemNote } from "../../ui/feedback";
import { closeStudy, knownRater, openStudy, type Study } from "./api";
import styles from "./page.module.css";
import { useSaid, useWords } from "./words";

export function Studies({ studies, reload }: { studies: Study[]; reload: () => void }) {
  const words = useWords();
  const owner = useMay("owner");
  // Counts change while a page of this feature is open.
  useEffect(() => {
    reload();
  }, [reload]);
  return (
    <>
      <header className="page-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      {studies.length === 0 ? (
        <Empty title={words.noStudy}>
          {owner ? (
            <>
              <p>{words.noStudyText}</p>
              <Command text="ganvas opinion create studies/first --from ours=runs/portraits --real photos" />
              <Command text="ganvas opinion open studies/first" />
            </>
          ) : (
            <p>{words.noStudyForRaters}</p>
          )}
        </Empty>
      ) : (
        <ul className={styles.studies}>
          {studies.map((study) => (
            <StudyCard key={study.id} study={study} owner={owner} reload={reload} />
          ))}
        </ul>
      )}
    </>
  );
}

function StudyCard({ study, owner, reload }: { study: Study; owner: boolean; reload: () => void }) {
  const words = useSaid(study.media);
  const [asks, setAsks] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const change = (work: (id: string) => Promise<unknown>) => () =>
    work(study.id)
      .then(() => {
        setAsks(false);
        reload();
      })
      .catch(setProblem);
  const address = `/opinion/${encodeURIComponent(study.id)}`;
  return (
    <li className={styles.study}>
      <h2>{study.title}</h2>
      <p className="quiet small">
        {words.modes[study.mode]} · {words.questions(study.questions)}
        {owner && ` · ${words.states[study.state]} · ${words.raters(study.raters ?? 0, study.finished ?? 0)}`}
      </p>
      <div className={styles.actions}>
        {study.state === "open" && (
          <Link className="button button-solid" href={address}>
            {knownRater(study.id) === null ? words.takePart : words.goOn}
          </Link>
        )}
        {owner && study.state === "new" && <Button onPress={change(openStudy)}>{words.open}</Button>}
        {owner && study.state === "open" && !asks && <Button onPress={() => setAsks(true)}>{words.close}</Button>}
        {owner && study.state === "closed" && (
          <Link className="button button-soft" href={`${address}/results`}>
            {words.results}
          </Link>
        )}
      </div>
      {asks && study.state === "open" && (
        <div className={styles.actions} role="group" aria-label={words.close}>
          <p className="small">{words.closeText}</p>
          <Button variant="solid" onPress={change(closeStudy)}>
            {words.closeForGood}
          </Button>
          <Button onPress={() => setAsks(false)}>{words.cancel}</Button>
        </div>
      )}
      {problem !== undefined && <ProblemNote error={problem} />}
    </li>
  );
}

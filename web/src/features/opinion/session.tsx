// A rater's way through a study: what is asked, the questions, the end, and withdrawal at any time.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { Problem } from "../../api/client";
import { Button } from "../../ui/controls";
import { ProblemNote, Progress, Waiting } from "../../ui/feedback";
import { joinStudy, keepRater, knownRater, type Question, readQuestion, type Study, sendRating, withdraw } from "./api";
import styles from "./page.module.css";
import { Asked } from "./question";
import { useSaid, useWords } from "./words";

export function Session({ study }: { study: Study }) {
  const words = useWords();
  const queries = useQueryClient();
  const [rater, setRater] = useState(() => knownRater(study.id));
  const [question, setQuestion] = useState<Question>();
  const [problem, setProblem] = useState<{ error: unknown; again: () => void }>();
  const [withdrawn, setWithdrawn] = useState(false);
  const know = (next: string | null) => {
    keepRater(study.id, next);
    setRater(next);
    setQuestion(undefined);
  };
  const attempt = (work: () => Promise<unknown>) => {
    setProblem(undefined);
    work().catch((error: unknown) => {
      if (error instanceof Problem && error.code === "no-rater") know(null);
      else setProblem({ error, again: () => attempt(work) });
    });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is read once for each rater
  useEffect(() => {
    if (rater !== null) attempt(async () => setQuestion(await readQuestion(study.id, rater)));
  }, [rater]);
  const leave = () =>
    attempt(async () => {
      if (rater !== null) await withdraw(study.id, rater);
      setWithdrawn(true);
      know(null);
      void queries.invalidateQueries({ queryKey: ["studies"] });
    });
  const note = problem && <ProblemNote error={problem.error} retry={problem.again} />;
  if (rater === null)
    return (
      <Introduction
        study={study}
        note={note}
        withdrawn={withdrawn}
        begin={() => attempt(async () => know(await joinStudy(study.id)))}
      />
    );
  if (question === undefined) return note ?? <Waiting />;
  const done = question.pictures.length === 0;
  return (
    <section className={styles.session} aria-label={study.title}>
      <header className={styles.head}>
        <h1>{study.title}</h1>
        <Progress value={question.position / question.total} label={words.progress} />
        <p className="quiet small" aria-live="polite">
          {words.at(Math.min(question.position + 1, question.total), question.total)}
          {question.training && ` · ${words.training}`}
        </p>
      </header>
      {note}
      {done ? (
        <div className={styles.end}>
          <h2>{words.thanks}</h2>
          <p>{words.thanksText}</p>
          <Link href="/opinion">{words.allStudies}</Link>
        </div>
      ) : (
        <Asked
          key={question.position}
          study={study}
          question={question}
          answer={(value, milliseconds) =>
            attempt(async () =>
              setQuestion(await sendRating(study.id, rater, { position: question.position, value, milliseconds })),
            )
          }
        />
      )}
      <Withdrawal leave={leave} />
    </section>
  );
}

function Introduction({
  study,
  note,
  withdrawn,
  begin,
}: {
  study: Study;
  note: React.ReactNode;
  withdrawn: boolean;
  begin: () => void;
}) {
  const words = useSaid(study.media);
  return (
    <section className={styles.introduction} aria-label={study.title}>
      <h1>{study.title}</h1>
      {withdrawn && <p role="status">{words.withdrawn}</p>}
      <p>{words.asked[study.mode]}</p>
      <ul>
        {words.rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
      <p className="quiet small">{words.keys[study.mode]}</p>
      <p className="quiet small">{words.privacy}</p>
      {note}
      <div>
        <Button variant="solid" onPress={begin}>
          {words.begin(study.questions)}
        </Button>
      </div>
    </section>
  );
}

function Withdrawal({ leave }: { leave: () => void }) {
  const words = useWords();
  const [asks, setAsks] = useState(false);
  return asks ? (
    <div className={styles.actions} role="group" aria-label={words.withdraw}>
      <p className="small">{words.withdrawText}</p>
      <Button variant="solid" onPress={leave}>
        {words.withdrawForGood}
      </Button>
      <Button onPress={() => setAsks(false)}>{words.cancel}</Button>
    </div>
  ) : (
    <div>
      <Button variant="bare" onPress={() => setAsks(true)}>
        {words.withdraw}
      </Button>
    </div>
  );
}

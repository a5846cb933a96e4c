// The trainings that were started here, and the runs that can be restored.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { polled, runsQuery } from "../../api/queries";
import { changes, type DeletedRun, type Training, useRefreshTrainings, useTrainings } from "../../api/trainings";
import type { Status } from "../../api/types";
import { useServerError } from "../../i18n/errors";
import { duration, kimg, moment } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { Button, IconButton } from "../../ui/controls";
import { ProblemNote, Progress } from "../../ui/feedback";
import { PauseIcon, PlayIcon } from "../../ui/icons";
import styles from "./train.module.css";
import { useWords } from "./words";

const POLL_SECONDS = 3;

export function Queue() {
  const words = useWords();
  const known = useTrainings();
  const runs = useQuery({ ...runsQuery, ...polled(POLL_SECONDS) }).data ?? [];
  if (!known) return null;
  const order = { running: 0, queued: 1, paused: 2, failed: 3, stopped: 4, finished: 5 };
  const shown = [...known.trainings].reverse().sort((one, other) => order[one.state] - order[other.state]);
  return (
    <>
      <section className="section" aria-labelledby="queue">
        <h2 id="queue">{words.queue}</h2>
        {shown.length === 0 && <p className="quiet">{words.queueNone}</p>}
        <ul className={styles.queue}>
          {shown.map((training) => (
            <QueueRow
              key={training.run}
              training={training}
              status={runs.find((run) => run.id === training.run)?.status}
            />
          ))}
        </ul>
      </section>
      {known.deleted.length > 0 && (
        <section className="section" aria-labelledby="deleted">
          <h2 id="deleted">{words.deleted}</h2>
          <ul className={styles.queue}>
            {known.deleted.map((run) => (
              <DeletedRow key={run.id} run={run} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function QueueRow({ training, status }: { training: Training; status: Status | undefined }) {
  const words = useWords();
  const { language } = useLanguage();
  const { progress, units } = useSharedWords();
  const say = useServerError();
  const refresh = useRefreshTrainings();
  const { run, state, stopping, place, error } = training;
  const change = useMutation({
    mutationFn: (work: (run: string) => Promise<unknown>) => work(run),
    onSettled: refresh,
  });
  const running = state === "running";
  const facts = [
    training.recipe,
    training.data,
    training.drawn !== null
      ? words.drawing(Math.round(100 * training.drawn))
      : place === null
        ? null
        : words.place(place),
    status ? units.kimg(`${kimg(status.nimg / 1000)} / ${kimg(training.kimg)}`) : null,
    running && status?.eta_seconds ? units.left(duration(status.eta_seconds, language)) : null,
  ].filter((fact) => fact !== null);
  return (
    <li className={styles.job}>
      <div className={styles.jobHead}>
        <Link href={`/runs/${encodeURIComponent(run)}`}>{run}</Link>
        <span className={styles.state} data-state={state}>
          {stopping ? words.saving : words.state[state]}
        </span>
        <span className="spring" />
        {(running || state === "queued") && (
          <IconButton
            name={words.pause(run)}
            isDisabled={stopping || change.isPending}
            onPress={() => change.mutate(changes.pause)}
          >
            <PauseIcon />
          </IconButton>
        )}
        {(state === "paused" || state === "stopped" || state === "failed") && (
          <IconButton
            name={words.resume(run)}
            isDisabled={change.isPending}
            onPress={() => change.mutate(changes.resume)}
          >
            <PlayIcon />
          </IconButton>
        )}
      </div>
      <p className="quiet small figures">{facts.join(" · ")}</p>
      {running && <Progress value={status?.progress ?? 0} label={`${progress}: ${run}`} />}
      {error && <p className="small worry worry-error">{say(error)}</p>}
      {change.error !== null && <ProblemNote error={change.error} />}
    </li>
  );
}

function DeletedRow({ run: { id, run, deleted } }: { run: DeletedRun }) {
  const words = useWords();
  const { language } = useLanguage();
  const refresh = useRefreshTrainings();
  const restore = useMutation({ mutationFn: () => changes.restore(id), onSettled: refresh });
  return (
    <li className={styles.job}>
      <div className={styles.jobHead}>
        <strong>{run}</strong>
        <span className="quiet small">{moment(deleted, language)}</span>
        <span className="spring" />
        <Button aria-label={words.restore(run)} isDisabled={restore.isPending} onPress={() => restore.mutate()}>
          {words.restoreShort}
        </Button>
      </div>
      {restore.error !== null && <ProblemNote error={restore.error} />}
    </li>
  );
}

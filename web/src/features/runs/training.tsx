// What an owner may do with a run: pause, resume, stop, train longer, rename, delete.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Form, Input, Label, NumberField, TextField } from "react-aria-components";
import { useLocation } from "wouter";
import { polled, runsQuery } from "../../api/queries";
import { changes, type Training, useRefreshTrainings, useTrainings } from "../../api/trainings";
import type { Run } from "../../api/types";
import { useServerError } from "../../i18n/errors";
import { Button } from "../../ui/controls";
import { HealthNote, ProblemNote } from "../../ui/feedback";
import { PauseIcon, PlayIcon } from "../../ui/icons";
import { justDeletedKey } from "./just-deleted";
import styles from "./training.module.css";
import { useWords } from "./words";

const BEGIN_SECONDS = 1;

/** Nothing for those who may not change trainings. `changed` is called when the training has another state. */
export function TrainingActions({ run, changed }: { run: Run; changed: () => void }) {
  const known = useTrainings();
  const training = known?.trainings.find((one) => one.run === run.id);
  const refresh = useRefreshTrainings();
  const latest = useRef(changed);
  latest.current = () => {
    changed();
    void refresh(); // its model may be new
  };
  const before = useRef(training?.state);
  const state = training?.state;
  useEffect(() => {
    if (before.current !== undefined && state !== before.current) latest.current();
    before.current = state;
  }, [state]);
  // A run at rest is seldom asked for; one that is about to begin is waited for.
  const begins = state === "running" && run.status.state !== "running";
  const listed = useQuery({ ...runsQuery, ...polled(BEGIN_SECONDS), enabled: begins }).data;
  const begun = begins && listed?.some(({ id, status }) => id === run.id && status.state === "running");
  useEffect(() => {
    if (begun) latest.current();
  }, [begun]);
  if (!known) return null;
  return (
    <>
      {training && <TrainingState training={training} run={run} />}
      <Actions training={training} run={run} />
    </>
  );
}

function TrainingState({ training, run }: { training: Training; run: Run }) {
  const words = useWords().training;
  const say = useServerError();
  const { state, stopping, place, error } = training;
  if (error) return <HealthNote level="error" sentence={say(error)} />;
  const text =
    training.drawn !== null
      ? words.drawing(Math.round(100 * training.drawn))
      : state === "queued"
        ? `${words.state.queued}. ${place === null ? "" : words.place(place)}`
        : stopping
          ? words.saving
          : state === "paused"
            ? words.state.paused
            : state !== "running" || run.status.state === "running"
              ? null
              : run.status.state === "finished"
                ? words.ending
                : words.preparing;
  return text === null ? null : (
    <p className="quiet" role="status">
      {text}
    </p>
  );
}

function Actions({ training, run }: { training: Training | undefined; run: Run }) {
  const words = useWords().training;
  const client = useQueryClient();
  const refresh = useRefreshTrainings();
  const [, go] = useLocation();
  const [asking, setAsking] = useState<"prolong" | "rename" | null>(null);
  const change = useMutation({ mutationFn: (work: () => Promise<unknown>) => work(), onSettled: refresh });
  const state = training?.state;
  const active = state === "running" || state === "queued";
  const trained = state === "running" || run.status.state === "running";
  const act = (work: () => Promise<unknown>) => {
    setAsking(null);
    change.mutate(work);
  };
  const remove = async () => {
    const gone = await changes.delete(run.id);
    client.setQueryData(justDeletedKey, gone);
    go("/runs");
  };
  const rename = async (name: string) => {
    const { run: renamed } = await changes.rename(run.id, name);
    go(`/runs/${encodeURIComponent(renamed)}`);
  };
  const button = (text: string, press: () => void, icon?: ReactNode) => (
    <Button isDisabled={change.isPending || training?.stopping === true} onPress={press}>
      {icon}
      {text}
    </Button>
  );
  return (
    <>
      <div className={styles.actions} role="group" aria-label={words.actions}>
        {active && button(words.pause, () => act(() => changes.pause(run.id)), <PauseIcon />)}
        {training &&
          !active &&
          state !== "finished" &&
          button(words.resume, () => act(() => changes.resume(run.id)), <PlayIcon />)}
        {active && button(words.stop, () => act(() => changes.stop(run.id)))}
        {training && !active && button(words.prolong, () => setAsking(asking === "prolong" ? null : "prolong"))}
        {!trained && button(words.rename, () => setAsking(asking === "rename" ? null : "rename"))}
        {!trained && button(words.delete, () => act(remove))}
      </div>
      {asking === "prolong" && training && (
        <ProlongForm
          kimg={training.kimg}
          submit={(kimg) => act(() => changes.prolong(run.id, kimg))}
          cancel={() => setAsking(null)}
        />
      )}
      {asking === "rename" && (
        <RenameForm name={run.name} submit={(name) => act(() => rename(name))} cancel={() => setAsking(null)} />
      )}
      {change.error !== null && <ProblemNote error={change.error} />}
    </>
  );
}

function Ask({ submit, cancel, children }: { submit: () => void; cancel: () => void; children: ReactNode }) {
  const words = useWords().training;
  return (
    <Form
      className={styles.ask ?? ""}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <Button type="submit" variant="solid">
        {words.save}
      </Button>
      <Button onPress={cancel}>{words.cancel}</Button>
    </Form>
  );
}

function ProlongForm({ kimg, submit, cancel }: { kimg: number; submit: (kimg: number) => void; cancel: () => void }) {
  const words = useWords().training;
  const [value, setValue] = useState(kimg * 2);
  return (
    <Ask submit={() => submit(value)} cancel={cancel}>
      <NumberField
        className="field"
        value={value}
        minValue={0}
        formatOptions={{ useGrouping: false, maximumFractionDigits: 6 }}
        onChange={setValue}
        autoFocus
      >
        <Label>{words.prolongLabel}</Label>
        <Input />
      </NumberField>
    </Ask>
  );
}

function RenameForm({ name, submit, cancel }: { name: string; submit: (name: string) => void; cancel: () => void }) {
  const words = useWords().training;
  const [value, setValue] = useState(name);
  return (
    <Ask submit={() => submit(value)} cancel={cancel}>
      <TextField className="field" value={value} onChange={setValue} maxLength={100} isRequired autoFocus>
        <Label>{words.renameLabel}</Label>
        <Input />
      </TextField>
    </Ask>
  );
}

// The clips of a question: each is played by the browser's voices, to its end before it can be rated.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/controls";
import { ProblemNote, Progress } from "../../ui/feedback";
import { CheckIcon, PauseIcon, PlayIcon } from "../../ui/icons";
import type { Score } from "../music/score";
import { usePlayer, usePosition } from "../music/use-player";
import { type Clip, clipQuery } from "./api";
import styles from "./page.module.css";
import { useWords } from "./words";

const scoreOf = (clip: Clip): Score => ({
  notes: clip.notes,
  steps: clip.steps,
  beats: clip.beats,
  beatSteps: clip.beat_steps,
  tempo: clip.tempo,
  parts: clip.tracks.map((track, index) => ({ ...track, name: String(index + 1) })),
});

export function Clips({
  study,
  clips,
  labels,
  heard,
}: {
  study: string;
  clips: readonly string[];
  labels: readonly string[];
  /** Called once when a clip was first heard to its end. */
  heard: () => void;
}) {
  const [turn, setTurn] = useState<number | null>(null);
  return clips.map((id, index) => (
    <ClipPlayer
      // biome-ignore lint/suspicious/noArrayIndexKey: a question may ask about one clip twice
      key={index}
      study={study}
      id={id}
      label={labels[index] ?? ""}
      first={index === 0}
      mine={turn === index}
      take={() => setTurn(index)}
      heard={heard}
    />
  ));
}

type Props = { study: string; id: string; label: string; first: boolean; mine: boolean; take: () => void };

function ClipPlayer({ heard, ...props }: Props & { heard: () => void }) {
  const { data, error, refetch } = useQuery(clipQuery(props.study, props.id));
  if (!data) return error === null ? null : <ProblemNote error={error} retry={refetch} />;
  return <Player clip={data} heard={heard} {...props} />;
}

/** Plays and pauses; there is no slider, so that the whole clip is heard. */
function Player({ clip, label, first, mine, take, heard }: Props & { clip: Clip; heard: () => void }) {
  const words = useWords();
  const [done, setDone] = useState(false);
  const score = useMemo(() => scoreOf(clip), [clip]);
  const all = useMemo(() => clip.tracks.map(() => true), [clip]);
  const end = useRef(() => {});
  end.current = () => {
    if (!done) heard();
    setDone(true);
  };
  const playing = usePlayer(score, all, false, () => end.current());
  const [position] = usePosition(playing);
  const { playing: on, setPlaying } = playing;
  useEffect(() => {
    if (!mine) setPlaying(false); // one clip is heard at a time
  }, [mine, setPlaying]);
  const press = () => {
    take();
    setPlaying(!on);
  };
  return (
    <div className={styles.clip}>
      <Button variant={on ? "solid" : "soft"} onPress={press} autoFocus={first}>
        {on ? <PauseIcon /> : <PlayIcon />}
        {on ? words.pauseClip(label) : words.playClip(label)}
      </Button>
      <Progress value={on || position > 0 ? position / clip.steps : done ? 1 : 0} label={label} />
      <p className="small" role="status">
        {done && <CheckIcon />} {done ? words.heard : words.notHeard}
      </p>
    </div>
  );
}

import { useMemo, useState } from "react";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { CheckIcon, DownloadIcon, InfoIcon } from "../../ui/icons";
import type { Format, Phrase } from "./api";
import { midiFile } from "./midi";
import { Notes } from "./notes";
import styles from "./performance.module.css";
import { Roll } from "./roll";
import { type Score, scoreOf } from "./score";
import { heardOf, Tracks, type Volume } from "./tracks";
import { Transport } from "./transport";
import { usePlayer } from "./use-player";
import { wavFile } from "./wav";
import { useWords } from "./words";

/** A piece, seen and heard. The tracks' volumes and instruments outlive it. */
export function Performance({
  id,
  named,
  format,
  tempo,
  took,
  origin,
  keep,
}: {
  id: string;
  /** A name for files, and the piece. */
  named: { name: string; piece: Phrase };
  format: Format;
  tempo: number;
  /** How long the piece took, as a sentence. */
  took?: string;
  /** What saved MIDI files say of their origin. */
  origin?: string | undefined;
  /** Keeps the piece; null: it is kept; left out: pieces are not kept here. */
  keep?: (() => void) | null;
}) {
  const words = useWords();
  const [programs, setPrograms] = useState(() => format.tracks.map(({ program }) => program));
  const [volumes, setVolumes] = useState<Volume[]>(() => format.tracks.map(() => ({ muted: false, solo: false })));
  const [loop, setLoop] = useState(false);
  const score = useMemo(() => scoreOf(named.piece, format, tempo, programs), [named, format, tempo, programs]);
  const heard = useMemo(() => heardOf(volumes), [volumes]);
  const playing = usePlayer(score, heard, loop);
  const set = <T,>(all: T[], index: number, next: T) => all.map((each, at) => (at === index ? next : each));
  return (
    <>
      <Roll score={score} heard={heard} playing={playing} />
      {score.notes.length === 0 && (
        <div className="note note-info" role="status">
          <InfoIcon />
          <p className="note-body">{words.silent}</p>
        </div>
      )}
      <Transport score={score} playing={playing} loop={loop} setLoop={setLoop} />
      <Tracks
        parts={score.parts}
        volumes={volumes}
        change={(index, next) =>
          setVolumes((all) => all.map((each, at) => (at === index ? { ...each, ...next } : each)))
        }
        play={(index, program) => setPrograms((all) => set(all, index, program))}
      />
      <Saving name={`${id}-${named.name}`} score={score} heard={heard} origin={origin} keep={keep} />
      <Notes score={score} />
      {took && <p className="quiet small figures">{took}</p>}
    </>
  );
}

function Saving({
  name,
  score,
  heard,
  origin,
  keep,
}: {
  name: string;
  score: Score;
  heard: readonly boolean[];
  origin: string | undefined;
  keep: (() => void) | null | undefined;
}) {
  const words = useWords();
  const file = name.replaceAll(/[\s/\\:]+/g, "-");
  return (
    <div className={styles.saving}>
      <Button
        variant="solid"
        onPress={() => download(new Blob([midiFile(score, origin)], { type: "audio/midi" }), `${file}.mid`)}
      >
        <DownloadIcon />
        {words.midi}
      </Button>
      <Button onPress={async () => download(await wavFile(score, heard), `${file}.wav`)}>
        <DownloadIcon />
        {words.wav}
      </Button>
      {keep !== undefined && (
        <Button isDisabled={keep === null} onPress={() => keep?.()}>
          <CheckIcon />
          {words.keep}
        </Button>
      )}
    </div>
  );
}

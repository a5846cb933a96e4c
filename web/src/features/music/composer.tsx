// One model at work: the settings at the side; on the stage the piece, seen and heard.
import { useMemo, useState } from "react";
import { useNewest } from "../../api/use-newest";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { CheckIcon, DownloadIcon, InfoIcon } from "../../ui/icons";
import type { Format, Piece } from "./api";
import styles from "./composer.module.css";
import { Kept, type Named } from "./kept";
import { midiFile } from "./midi";
import { Notes } from "./notes";
import { Roll } from "./roll";
import { type Score, scoreOf } from "./score";
import { Settings, type Wish } from "./settings";
import { heardOf, Tracks, type Volume } from "./tracks";
import { Transport } from "./transport";
import { usePlayer } from "./use-player";
import { wavFile } from "./wav";
import { useWords } from "./words";

const TEMPO = 100;
const FIRST: Wish = { seed: 0, last: null, phrases: 1, threshold: 0.5, given: null };

/** Makes the piece that is wanted. */
export type Compose = (wish: Wish, signal: AbortSignal) => Promise<Piece>;

function usePiece(compose: Compose, wish: Wish) {
  const words = useWords();
  const { seed, last, phrases, threshold, given } = wish;
  const file = given && [given.name, given.size, given.lastModified];
  const name = given
    ? words.nameOver(seed, given.name)
    : last === null
      ? words.nameOf(seed)
      : words.nameBetween(seed, last);
  return useNewest<Named>(JSON.stringify({ seed, last, phrases, threshold, file }), async (signal) => {
    return { name, piece: await compose(wish, signal) };
  });
}

type Props = {
  /** Names the files that are saved. */
  id: string;
  format: Format;
  compose: Compose;
  /** How long a piece took, as a sentence. */
  took: (milliseconds: number) => string;
  /** What saved MIDI files say of their origin. */
  origin?: string;
};

export function Composer({ id, format, compose, took, origin }: Props) {
  const words = useWords();
  const [wish, setWish] = useState(FIRST);
  const [tempo, setTempo] = useState(TEMPO);
  const [kept, setKept] = useState<Named[]>([]);
  const [shown, show] = useState<Named | null>(null);
  const { answer, error, busy, retry } = usePiece(compose, wish);
  const named = shown ?? answer;
  const change = (next: Partial<Wish>) => {
    show(null);
    setWish((old) => ({ ...old, ...next }));
  };
  const remove = (piece: Named) => {
    if (shown === piece) show(null);
    setKept((all) => all.filter((each) => each !== piece));
  };
  return (
    <div className="bench" data-stay>
      <section className="panel" aria-label={words.settings}>
        <Settings format={format} wish={wish} change={change} tempo={tempo} setTempo={setTempo} />
      </section>
      <section className="stage-side" aria-label={words.piece} aria-busy={busy}>
        {error !== undefined && <ProblemNote error={error} retry={retry} />}
        {!named && error === undefined && <Waiting />}
        <Kept kept={kept} shown={shown} show={show} remove={remove} />
        {named && (
          <Performance
            id={id}
            named={named}
            format={format}
            tempo={tempo}
            took={took(named.piece.milliseconds)}
            origin={origin}
            keep={kept.includes(named) ? null : () => setKept((all) => [...all, named])}
          />
        )}
      </section>
    </div>
  );
}

/** A piece, seen and heard. The tracks' volumes and instruments outlive it. */
function Performance({
  id,
  named,
  format,
  tempo,
  took,
  origin,
  keep,
}: {
  id: string;
  named: Named;
  format: Format;
  tempo: number;
  took: string;
  origin: string | undefined;
  /** Keeps the piece; null: it is kept. */
  keep: (() => void) | null;
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
      <p className="quiet small figures">{took}</p>
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
  keep: (() => void) | null;
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
      <Button isDisabled={keep === null} onPress={() => keep?.()}>
        <CheckIcon />
        {words.keep}
      </Button>
    </div>
  );
}

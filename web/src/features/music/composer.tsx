// One model at work: the settings at the side; on the stage the piece, seen and heard.
import { useState } from "react";
import { useNewest } from "../../api/use-newest";
import { ProblemNote, Waiting } from "../../ui/feedback";
import type { Format, Piece } from "./api";
import { Kept, type Named } from "./kept";
import { Performance } from "./performance";
import { Settings, type Wish } from "./settings";
import { useWords } from "./words";

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
  const [tempo, setTempo] = useState(format.tempo);
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

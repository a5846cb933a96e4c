// What decides a piece: its seeds, its length, how much of it sounds, and what is accompanied.
import { DropZone, FileTrigger, Input, Label, NumberField } from "react-aria-components";
import { Button, Slider, Toggle } from "../../ui/controls";
import { ClearIcon, ShuffleIcon } from "../../ui/icons";
import type { Format } from "./api";
import styles from "./settings.module.css";
import { useWords } from "./words";

const MAX_SEED = 2 ** 53 - 1;
const MOST_PHRASES = 16;
const [SLOWEST, FASTEST] = [40, 220]; // quarter notes per minute, unless the training data are slower or faster
const KINDS = [".mid", ".midi", ".kar", ".mxl", ".musicxml", ".xml"];

export type Wish = {
  seed: number;
  /** The seed that the piece moves to; null: it is one phrase of one seed. */
  last: number | null;
  phrases: number;
  threshold: number;
  /** What is accompanied. */
  given: File | null;
};

export function Settings({
  format,
  wish,
  change,
  tempo,
  setTempo,
}: {
  format: Format;
  wish: Wish;
  change: (next: Partial<Wish>) => void;
  tempo: number;
  setTempo: (tempo: number) => void;
}) {
  const words = useWords();
  const { seed, last, phrases, threshold, given } = wish;
  const track = format.given === null ? undefined : format.tracks[format.given]?.name;
  return (
    <>
      {track !== undefined && <Given track={track} given={given} take={(file) => change({ given: file })} />}
      <SeedField label={words.seed} value={seed} onChange={(next) => change({ seed: next })} />
      {!given && (
        <Toggle
          text={words.towards}
          value={last !== null}
          onChange={(on) => change(on ? { last: seed + 1, phrases: 4 } : { last: null, phrases: 1 })}
        />
      )}
      {!given && last !== null && (
        <>
          <SeedField label={words.towardsSeed} value={last} onChange={(next) => change({ last: next })} />
          <Slider
            label={words.phrases}
            value={phrases}
            onChange={(next) => change({ phrases: next })}
            minValue={2}
            maxValue={MOST_PHRASES}
            step={1}
          />
        </>
      )}
      <Slider
        label={words.tempo}
        value={tempo}
        onChange={setTempo}
        minValue={Math.min(SLOWEST, format.tempo)}
        maxValue={Math.max(FASTEST, format.tempo)}
        step={1}
        format={(value) => words.perMinute(value)}
      />
      <div>
        <Slider
          label={words.sensitivity}
          value={threshold}
          onChange={(next) => change({ threshold: Math.round(next * 100) / 100 })}
          minValue={0.05}
          maxValue={0.95}
          step={0.05}
          format={(value) => value.toFixed(2)}
        />
        <p className="quiet small">{words.sensitivityHelp}</p>
      </div>
    </>
  );
}

function SeedField({ label, value, onChange }: { label: string; value: number; onChange: (seed: number) => void }) {
  const words = useWords();
  return (
    <div className={styles.seed}>
      <NumberField
        className="field"
        value={value}
        minValue={0}
        maxValue={MAX_SEED}
        formatOptions={{ useGrouping: false }}
        onChange={(seed) => Number.isFinite(seed) && onChange(seed)}
      >
        <Label>{label}</Label>
        <Input />
      </NumberField>
      <Button aria-label={`${words.shuffle}: ${label}`} onPress={() => onChange(Math.floor(Math.random() * 1_000_000))}>
        <ShuffleIcon />
        {words.shuffle}
      </Button>
    </div>
  );
}

function Given({ track, given, take }: { track: string; given: File | null; take: (file: File | null) => void }) {
  const words = useWords();
  if (given) {
    return (
      <div>
        <p>{words.givenFile(given.name, track)}</p>
        <Button variant="bare" onPress={() => take(null)}>
          <ClearIcon />
          {words.withoutFile}
        </Button>
      </div>
    );
  }
  return (
    <DropZone
      className={styles.given}
      aria-label={words.choose}
      onDrop={async (event) => {
        const item = event.items.find((each) => each.kind === "file");
        if (item?.kind === "file") take(await item.getFile());
      }}
    >
      <p className="small">{words.given(track)}</p>
      <FileTrigger acceptedFileTypes={KINDS} onSelect={(files) => files?.[0] && take(files[0])}>
        <Button>{words.choose}</Button>
      </FileTrigger>
    </DropZone>
  );
}

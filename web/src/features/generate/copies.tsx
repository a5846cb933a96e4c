import { useEffect, useRef, useState } from "react";
import type { BundleCard } from "../../api/types";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice } from "../../ui/controls";
import { HealthNote, ProblemNote } from "../../ui/feedback";
import type { Change, View } from "./address";
import { listNeighbours, type NeighbourSample, type Neighbours } from "./api";
import styles from "./copies.module.css";
import { CopyLink, SeedField, Truncation } from "./fields";
import { ToolLayout } from "./layout";
import { useWords } from "./words";

const COUNTS = [1, 4, 8, 16];

/** The training pictures nearest to samples: was any memorised? */
export function Copies({ bundle, view, change }: { bundle: BundleCard; view: View; change: Change }) {
  const words = useWords();
  const [count, setCount] = useState(4);
  const [answer, setAnswer] = useState<Neighbours>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const seed = view.near ?? view.seed;

  // Requested by a press, not by every change: the first comparison with a data set keeps the machine busy for a while.
  const compare = async () => {
    controller.current?.abort();
    const own = new AbortController();
    controller.current = own;
    setBusy(true);
    setError(undefined);
    const className = view.class === null ? null : (bundle.classes[view.class] ?? null);
    try {
      const next = await listNeighbours(bundle.id, { seed, count, psi: view.psi, className }, own.signal);
      if (!own.signal.aborted) setAnswer(next);
    } catch (problem) {
      if (!own.signal.aborted) setError(problem);
    }
    if (!own.signal.aborted) setBusy(false);
  };

  return (
    <ToolLayout
      settings={
        <>
          <SeedField label={words.firstSeed} value={seed} onChange={(near) => change({ near })} />
          <Choice
            label={words.sampleCount}
            value={String(count)}
            onChange={(next) => setCount(Number(next))}
            options={COUNTS.map((n) => ({ value: String(n), text: n }))}
          />
          <ClassChoice
            bundle={bundle}
            value={view.class}
            onChange={(label) => change({ class: label })}
            noneText={words.seedsOwn}
          />
          <Truncation bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            <Button variant="solid" isDisabled={busy} onPress={compare}>
              {busy ? words.comparing : words.compare}
            </Button>
            <CopyLink />
          </div>
          <p className="quiet small">{words.copiesHelp}</p>
        </>
      }
    >
      <section className="stage" aria-label={words.copiesStage} aria-busy={busy}>
        {error !== undefined && <ProblemNote error={error} retry={compare} />}
        {busy && (
          <p className="quiet stage-empty" role="status">
            {words.comparingLong}
          </p>
        )}
        {!busy && !answer && error === undefined && <p className="quiet stage-empty">{words.copiesNeed}</p>}
        {answer && <Verdict answer={answer} />}
        {answer && (
          <ul className={styles.neighbours} data-stale={busy || undefined}>
            {answer.samples.map((sample) => (
              <SampleRow key={sample.seed} sample={sample} />
            ))}
          </ul>
        )}
      </section>
    </ToolLayout>
  );
}

function Verdict({ answer }: { answer: Neighbours }) {
  const words = useWords();
  const copies = answer.samples.filter((sample) => sample.copied).length;
  const measure = words.measure(answer.usual.toFixed(3), answer.small.toFixed(3));
  const verdict = copies ? words.someCopied(copies, answer.samples.length) : words.noneCopied;
  return <HealthNote level={copies ? "warning" : "info"} sentence={`${measure} ${verdict}`} />;
}

function SampleRow({ sample }: { sample: NeighbourSample }) {
  const words = useWords();
  const kinds = [
    { name: words.byFeatures, found: sample.features, places: 3 },
    { name: words.byPixels, found: sample.pixels, places: 1 },
  ];
  return (
    <li className={styles.neighbourRow} data-copied={sample.copied || undefined}>
      <figure>
        <img src={sample.image} alt={words.sample(sample.seed)} />
        <figcaption>
          {words.seedNumber(sample.seed)}
          {sample.copied && <span className={`tag ${styles.tagWarn}`}>{words.suspected}</span>}
        </figcaption>
      </figure>
      {kinds.map(({ name, found, places }) => (
        <div className={styles.neighbourKind} key={name}>
          <p className="quiet small">{name}</p>
          <ul>
            {found.map((one, index) => (
              // Two training pictures may be the same: their rank tells them apart.
              // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
              <li key={index}>
                <figure>
                  <img src={one.image} alt={words.neighbour(index + 1, name)} />
                  <figcaption className="figures">{one.distance.toFixed(places)}</figcaption>
                </figure>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </li>
  );
}

import { useEffect, useRef, useState } from "react";
import type { BundleCard } from "../../api/types";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice } from "../../ui/controls";
import { HealthNote, ProblemNote } from "../../ui/feedback";
import type { Change, View } from "./address";
import { listNeighbours, type NeighbourSample, type Neighbours } from "./api";
import { CopyLink, SeedField, Truncation } from "./fields";
import { ToolLayout } from "./layout";
import { useWords } from "./words";

const COUNTS = [1, 4, 8, 16];

/** The training pictures nearest to samples: was any learned by heart? */
export function Copies({ bundle, view, change }: { bundle: BundleCard; view: View; change: Change }) {
  const words = useWords().explore;
  const [count, setCount] = useState(4);
  const [answer, setAnswer] = useState<Neighbours>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const seed = view.near ?? view.seed;

  // Asked for by a press, not by every change: the first look at a data set takes all of the machine for a while.
  const look = async () => {
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
            label={words.samples}
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
            <Button variant="solid" isDisabled={busy} onPress={look}>
              {busy ? words.looking : words.look}
            </Button>
            <CopyLink />
          </div>
          <p className="quiet small">{words.copiesHelp}</p>
        </>
      }
    >
      <section className="stage" aria-label={words.copiesStage} aria-busy={busy}>
        {error !== undefined && <ProblemNote error={error} retry={look} />}
        {busy && (
          <p className="quiet stage-empty" role="status">
            {words.lookingLong}
          </p>
        )}
        {!busy && !answer && error === undefined && <p className="quiet stage-empty">{words.copiesNeed}</p>}
        {answer && <Verdict answer={answer} />}
        {answer && (
          <ul className="neighbours" data-stale={busy || undefined}>
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
  const words = useWords().explore;
  const copies = answer.samples.filter((sample) => sample.copied).length;
  const measure = words.measure(answer.usual.toFixed(3), answer.small.toFixed(3));
  const verdict = copies ? words.someCopied(copies, answer.samples.length) : words.noneCopied;
  return <HealthNote level={copies ? "warning" : "info"} sentence={`${measure} ${verdict}`} />;
}

function SampleRow({ sample }: { sample: NeighbourSample }) {
  const words = useWords();
  const kinds = [
    { name: words.explore.byFeatures, found: sample.features, places: 3 },
    { name: words.explore.byPixels, found: sample.pixels, places: 1 },
  ];
  return (
    <li className="neighbour-row" data-copied={sample.copied || undefined}>
      <figure>
        <img src={sample.image} alt={words.generate.sample(sample.seed)} />
        <figcaption>
          {words.generate.enlarged(sample.seed)}
          {sample.copied && <span className="tag tag-warn">{words.explore.copied}</span>}
        </figcaption>
      </figure>
      {kinds.map(({ name, found, places }) => (
        <div className="neighbour-kind" key={name}>
          <p className="quiet small">{name}</p>
          <ul>
            {found.map((one, index) => (
              // Two training pictures may be the same: their rank tells them apart.
              // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
              <li key={index}>
                <figure>
                  <img src={one.image} alt={words.explore.neighbour(index + 1, name)} />
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

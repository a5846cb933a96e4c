import type { BundleCard, Sample } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { figure } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import { saveAll } from "../../ui/archive";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { DownloadIcon } from "../../ui/icons";
import { Onward } from "../../ui/onward";
import type { Change, Tool, View } from "./address";
import { generate } from "./api";
import { Enlarged } from "./enlarged";
import { CopyLink, SeedField, Truncation } from "./fields";
import { type LatentPoint, textOf } from "./latent-point";
import styles from "./pictures.module.css";
import { SampleGrid } from "./sample-grid";
import { gridPicture } from "./sheet-picture";
import { useWords } from "./words";

const COUNTS = [1, 4, 9, 16, 36, 64];
const MOST_PICKED = 16;

/** A grid of seeds. Pictures that are chosen here are what the other tools work with. */
export function Pictures({
  bundle,
  tools,
  view,
  change,
}: {
  bundle: BundleCard;
  tools: Tool[];
  view: View;
  change: Change;
}) {
  const words = useWords();
  const { saveAll: saveAllText } = useSharedWords();
  const { seed, count, class: label, psi } = view;
  const asked = { seeds: Array.from({ length: count }, (_, index) => seed + index), class: label, psi };
  const { answer, error, busy, retry } = useNewest(JSON.stringify(asked), (signal) =>
    generate(bundle.id, asked, signal),
  );
  const samples = answer?.images ?? [];
  const openIndex = samples.findIndex((sample) => sample.seed === view.open);

  const className = (sample: Sample) => (sample.class === null ? "" : (bundle.classes[sample.class] ?? ""));
  const fileName = (sample: Sample) =>
    `${[bundle.id, `seed${sample.seed}`, className(sample)].filter(Boolean).join("-")}.png`;
  const pointOf = (sample: Sample): LatentPoint => ({ seed: sample.seed, class: label });
  const isPicked = (sample: Sample) => view.picked.some((point) => textOf(point) === textOf(pointOf(sample)));
  const pick = (sample: Sample) => {
    const text = textOf(pointOf(sample));
    const others = view.picked.filter((point) => textOf(point) !== text);
    if (others.length < view.picked.length) change({ picked: others });
    else if (others.length < MOST_PICKED) change({ picked: [...others, pointOf(sample)] });
  };

  return (
    <>
      <div className="bench">
        <section className="panel" aria-label={words.settings}>
          <SeedField label={words.firstSeed} value={seed} onChange={(next) => change({ seed: next })} />
          <Choice
            label={words.count}
            value={String(count)}
            onChange={(next) => change({ count: Number(next) })}
            options={COUNTS.map((n) => ({ value: String(n), text: n }))}
          />
          <ClassChoice
            bundle={bundle}
            value={label}
            onChange={(next) => change({ class: next })}
            noneText={words.mixed}
          />
          <Truncation bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            <Button
              variant="solid"
              isDisabled={!samples.length}
              onPress={async () => {
                const picture = await gridPicture(samples.map((sample) => sample.data));
                download(picture, `${bundle.id}-seed${seed}-${samples.length}.png`);
              }}
            >
              <DownloadIcon />
              {words.downloadGrid}
            </Button>
            <Button
              isDisabled={!samples.length || busy}
              onPress={() =>
                saveAll(
                  `${bundle.id}-seed${seed}-${samples.length}.zip`,
                  samples.map((sample) => ({
                    name: fileName(sample),
                    content: sample.data,
                    about: { seed: sample.seed, class: sample.class, class_name: className(sample) || null },
                  })),
                  { model: bundle.id, name: bundle.name, family: bundle.family, resolution: bundle.resolution, psi },
                )
              }
            >
              <DownloadIcon />
              {saveAllText}
            </Button>
            <CopyLink />
          </div>
        </section>
        <section className="stage" aria-label={words.samples} aria-busy={busy}>
          {error !== undefined && <ProblemNote error={error} retry={retry} />}
          {!answer && error === undefined && <Waiting />}
          <SampleGrid
            samples={samples}
            className={className}
            stale={busy}
            open={(sample) => change({ open: sample.seed })}
            isPicked={isPicked}
            pick={pick}
          />
          {answer && (
            <p className="quiet small stage-foot">
              <span className={styles.forKeys}>{words.keys}</span>
              <span className="figures">{words.took(figure(answer.milliseconds))}</span>
            </p>
          )}
          {tools.length > 1 && view.picked.length > 0 && <Picked tools={tools} view={view} change={change} />}
        </section>
      </div>
      <Enlarged
        samples={samples}
        index={openIndex}
        className={className}
        tools={tools}
        move={(sample) => change({ open: sample?.seed ?? null })}
        save={(sample) => download(sample.data, fileName(sample))}
        onward={(sample) => <Onward name={fileName(sample)} picture={sample.data} />}
        start={(sample) => change({ seed: sample.seed, open: null })}
        go={(tool, sample) => {
          const point = pointOf(sample);
          if (tool === "sliders") change({ tool, base: [point], open: null });
          else change({ tool, near: sample.seed, open: null });
        }}
      />
    </>
  );
}

/** What one does with the chosen pictures. */
function Picked({ tools, view, change }: { tools: Tool[]; view: View; change: Change }) {
  const words = useWords();
  const { picked } = view;
  const has = (tool: Tool) => tools.includes(tool);
  return (
    <div className={styles.picked} role="region" aria-label={words.picked(picked.length)}>
      <strong className="figures">{words.picked(picked.length)}</strong>
      {picked.length > 1 && (
        <Button variant="solid" onPress={() => change({ tool: "walk", walk: picked })}>
          {words.pickedWalk}
        </Button>
      )}
      {has("mix") && (
        <>
          <Button onPress={() => change({ tool: "mix", rows: picked.slice(0, 8) })}>{words.pickedRows}</Button>
          <Button onPress={() => change({ tool: "mix", columns: picked.slice(0, 8) })}>{words.pickedColumns}</Button>
        </>
      )}
      {has("sliders") && (
        <Button onPress={() => change({ tool: "sliders", base: picked.slice(0, 4) })}>{words.pickedSliders}</Button>
      )}
      <Button variant="bare" onPress={() => change({ picked: [] })}>
        {words.clear}
      </Button>
    </div>
  );
}

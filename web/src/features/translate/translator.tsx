// One model at work on the pictures of the table.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { can } from "../../api/bundles";
import type { BundleCard, Direction } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { Choice, Toggle } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { carryOver, heatmap, prepareFor, translate, type Wish } from "./api";
import { domainsOf, needsFace } from "./domains";
import { inOrder, pictureOf, TranslateLayout } from "./layout";
import type { Picture, Table } from "./pictures";
import { Share } from "./share";
import { coloured, letGo, type Shown, toShown } from "./shown";
import { FIRST_SEEDS, Styles } from "./styles";
import { usePrepared } from "./use-prepared";
import { useWork } from "./use-work";
import { useWords } from "./words";

const MIDDLE = 256; // pixels of the part of a large picture that is enlarged

type Shape = "square" | "keep";
type Settings = { direction: Direction; part: "whole" | "middle"; shape: Shape; wish: Wish };

export function Translator({
  bundle,
  table,
  references,
  add,
  addReferences,
}: {
  bundle: BundleCard;
  table: Table;
  references: Table;
  add: (files: Blob[]) => void;
  addReferences: (files: Blob[]) => Picture[];
}) {
  const words = useWords();
  const [settings, setSettings] = useState<Settings>({
    direction: "a_to_b",
    part: "whole",
    shape: "square",
    wish: {
      domain: 0,
      style: { kind: "seed", seed: 0 },
      keep: bundle.makes_up,
      strength: 1,
    },
  });
  const [seeds, setSeeds] = useState(FIRST_SEEDS);
  const [heat, setHeat] = useState(false);
  const [opacity, setOpacity] = useState(0.6);
  const { direction, part, shape, wish } = settings;
  const whole = shape === "keep";
  const change = useCallback(
    (next: Partial<Wish>) => setSettings((old) => ({ ...old, wish: { ...old.wish, ...next } })),
    [],
  );

  const { chosen, pictures } = table;
  const findReference = (id: string) => pictureOf(references, id);
  const refers = bundle.accepts.includes("reference");
  const preparing = useMemo(() => prepareFor(bundle.id, whole), [bundle.id, whole]);
  const preparingModels = useMemo(() => prepareFor(bundle.id, false), [bundle.id]);
  const prepared = usePrepared(preparing, pictures, part === "middle" ? MIDDLE : null, shape);
  const models = usePrepared(preparingModels, references.pictures, null, "square");
  const referenceWork = useWork<Shown>(
    refers ? references.pictures.map((each) => String(each.id)) : [],
    bundle.id,
    (id, signal) => models.get(findReference(id), signal),
  );

  const carry = async (picture: Picture, style: Wish["style"], signal: AbortSignal) => {
    const given = await prepared.get(picture, signal);
    const model = style.kind === "reference" ? models.of(findReference(String(style.id))) : undefined;
    return toShown(await carryOver(bundle.id, given.picture, model?.picture, { ...wish, style }, signal));
  };
  const answer = async (id: string, signal: AbortSignal): Promise<Shown> => {
    const picture = pictureOf(table, id);
    if (refers) return carry(picture, wish.style, signal);
    const given = await prepared.get(picture, signal);
    const asked = can(bundle, "enlarges")
      ? { picture: await prepared.part(picture), prepared: false, whole: false }
      : { picture: given.picture, prepared: true, whole };
    return toShown(await translate(bundle.id, asked, direction, signal));
  };
  // A reference that is not ready, or cannot be used, is told of where it is chosen.
  const wanting = refers && wish.style.kind === "reference" && !models.of(findReference(String(wish.style.id)));
  const work = useWork(
    inOrder(table),
    wanting ? null : JSON.stringify([settings.direction, part, shape, wish]),
    answer,
    letGo,
  );
  const item = chosen ? String(chosen.id) : "";
  const waits = work.waits(item) || (wanting && referenceWork.waits(String((wish.style as { id: number }).id)));
  const before = prepared.of(chosen);

  const shownSeeds = Array.from({ length: seeds }, (_, seed) => seed);
  const { style, ...rest } = wish;
  const variations = useWork<Shown>(
    refers ? shownSeeds.map(String) : [],
    chosen && before && !waits ? JSON.stringify([chosen.id, rest]) : null,
    (seed, signal) => carry(chosen as Picture, { kind: "seed", seed: Number(seed) }, signal),
    letGo,
    250,
  );

  const looks = useNewest<Shown>(
    heat && chosen && before ? JSON.stringify([chosen.id, direction, shape]) : null,
    async (signal) =>
      coloured(await heatmap(bundle.id, { picture: (before as Shown).picture, prepared: true }, direction, signal)),
  );
  const lastHeat = useRef<Shown>(undefined);
  useEffect(() => {
    if (lastHeat.current && lastHeat.current !== looks.answer) letGo(lastHeat.current);
    lastHeat.current = looks.answer;
  }, [looks.answer]);

  const [from, to] = domainsOf(bundle, direction);
  return (
    <TranslateLayout
      name={words.model}
      ending={bundle.id}
      table={table}
      add={add}
      work={work}
      before={before}
      settings={{ name: bundle.name, direction, part, shape, ...(refers ? { style: wish } : {}) }}
      scale={can(bundle, "enlarges") ? bundle.source_scale : 1}
      overlay={heat && looks.answer ? { address: looks.answer.address, opacity } : undefined}
      busy={waits}
      stale={waits || wanting}
      problem={work.of(item)?.error}
      retry={() => work.retry(item)}
    >
      {bundle.directions === 2 && (
        <Choice
          label={words.direction}
          value={direction}
          onChange={(next) => setSettings((old) => ({ ...old, direction: next }))}
          options={(["a_to_b", "b_to_a"] as const).map((each) => ({
            value: each,
            text: words.way(...domainsOf(bundle, each)),
          }))}
        />
      )}
      {bundle.directions === 1 && bundle.domains.length === 2 && <p className="quiet">{words.way(from, to)}</p>}
      {can(bundle, "heatmap") && (
        <div>
          <Toggle text={words.heat} value={heat} onChange={setHeat} />
          <p className="quiet small">{words.heatHelp}</p>
          {heat && <Share label={words.heatOpacity} value={opacity} onChange={setOpacity} />}
          {heat && looks.error !== undefined && <ProblemNote error={looks.error} retry={looks.retry} />}
        </div>
      )}
      {can(bundle, "any_size") && (
        <div>
          <Choice
            label={words.shape}
            value={shape}
            onChange={(next) => setSettings((old) => ({ ...old, shape: next }))}
            options={[
              { value: "square", text: words.square(bundle.resolution) },
              { value: "keep", text: words.whole },
            ]}
          />
          <p className="quiet small">{words.shapeHelp}</p>
        </div>
      )}
      {can(bundle, "enlarges") && (
        <div>
          <Choice
            label={words.part}
            value={part}
            onChange={(next) => setSettings((old) => ({ ...old, part: next }))}
            options={[
              { value: "whole", text: words.whole },
              { value: "middle", text: words.middle(MIDDLE) },
            ]}
          />
          <p className="quiet small">{words.enlarges(bundle.source_scale)}</p>
        </div>
      )}
      {refers && (
        <Styles
          bundle={bundle}
          wish={wish}
          change={change}
          references={references}
          prepared={referenceWork}
          addReferences={(files) => {
            const first = addReferences(files)[0];
            if (first) change({ style: { kind: "reference", id: first.id } });
          }}
          seeds={shownSeeds}
          moreSeeds={() => setSeeds((n) => n + FIRST_SEEDS)}
          variations={variations}
        />
      )}
      {needsFace(bundle) && <p className="quiet small">{words.faceNeeded}</p>}
      {can(bundle, "inpaints") && (
        <p className="quiet small">
          {words.paint} <Link href={`/draw/${encodeURIComponent(bundle.id)}`}>{words.openDraw}</Link>
        </p>
      )}
    </TranslateLayout>
  );
}

import { useState } from "react";
import type { BundleCard } from "../../api/types";
import { duration, figure } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice, Toggle } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote, Progress } from "../../ui/feedback";
import { CloseIcon, DownloadIcon } from "../../ui/icons";
import { PictureDrop } from "../../ui/picture-drop";
import type { Change, Tool, View } from "./address";
import type { Abilities } from "./api";
import { ToolLayout } from "./layout";
import type { Place } from "./place";
import type { Search } from "./use-projection";
import { useWords } from "./words";

const STEPS = [100, 300, 1000];

/** Finds the picture of the model that is nearest to a photograph, to go on from there. */
export function PhotoTool({
  bundle,
  abilities,
  tools,
  view,
  change,
  search,
}: {
  bundle: BundleCard;
  abilities: Abilities;
  tools: Tool[];
  view: View;
  change: Change;
  search: Search;
}) {
  const words = useWords();
  const [steps, setSteps] = useState(300);
  const [plus, setPlus] = useState(false);
  const [label, setLabel] = useState<number | null>(null);
  const load = (file: Blob) => search.start(file, { steps, plus, class: label });
  const { picture } = search;
  return (
    <ToolLayout
      settings={
        <>
          <Choice
            label={words.explore.searchSteps}
            value={String(steps)}
            onChange={(next) => setSteps(Number(next))}
            options={STEPS.map((n) => ({ value: String(n), text: n }))}
          />
          {abilities.layers > 1 && (
            <div>
              <Toggle text={words.explore.plus} value={plus} onChange={setPlus} />
              <p className="quiet small">{words.explore.plusHelp}</p>
            </div>
          )}
          <ClassChoice bundle={bundle} value={label} onChange={setLabel} noneText={words.explore.nearestClass} />
          <p className="quiet small">{words.explore.photoHelp}</p>
          {!search.busy && (search.error !== undefined || search.state) && (
            <div className="panel-actions">
              {picture && <Button onPress={() => load(picture)}>{words.explore.searchAgain}</Button>}
              <Button onPress={search.forget}>{words.explore.otherPhoto}</Button>
            </div>
          )}
        </>
      }
    >
      {search.error !== undefined && <ProblemNote error={search.error} />}
      {search.state?.state === "failed" && <ProblemNote error={search.state.sentence ?? ""} />}
      {search.state?.state === "stopped" && <p className="quiet">{words.explore.stopped}</p>}
      {search.busy || search.state ? (
        <SearchView bundle={bundle} search={search} tools={tools} view={view} change={change} />
      ) : (
        <PictureDrop load={load} />
      )}
    </ToolLayout>
  );
}

function SearchView({
  bundle,
  search,
  tools,
  view,
  change,
}: {
  bundle: BundleCard;
  search: Search;
  tools: Tool[];
  view: View;
  change: Change;
}) {
  const { language } = useLanguage();
  const words = useWords();
  const { units } = useSharedWords();
  const { state, busy, seconds } = search;
  const [step, steps] = [state?.step ?? 0, state?.steps ?? 0];
  const left = step > 4 ? (seconds * (steps - step)) / step : null;
  return (
    <section className="stage search" aria-label={words.explore.photoStage} aria-busy={busy}>
      {busy && (
        <div className="search-head">
          <Progress value={steps ? step / steps : 0} label={words.explore.searching} />
          <p className="small figures search-told">
            <span>
              {state?.state === "running" ? words.explore.searchStep(step, steps) : words.explore.searchWaits}
            </span>
            <span className="quiet">
              {duration(seconds, language)}
              {left !== null && ` · ${units.left(duration(left, language))}`}
            </span>
            <span className="spring" />
            <Button onPress={search.forget}>
              <CloseIcon />
              {words.explore.cancel}
            </Button>
          </p>
        </div>
      )}
      {state && (
        <div className="pair pair-large">
          <figure>
            <img src={state.target} alt={words.explore.target} />
            <figcaption>{words.explore.target}</figcaption>
          </figure>
          <figure>
            {state.image ? (
              <img src={state.image} alt={words.explore.found} />
            ) : (
              <div className="picture-place" aria-hidden="true" />
            )}
            <figcaption>
              {busy ? words.explore.soFar : words.explore.found}
              {state.distance !== null && <span className="quiet figures">{` · LPIPS ${figure(state.distance)}`}</span>}
              {state.psnr !== null && <span className="quiet figures">{` · PSNR ${figure(state.psnr)} dB`}</span>}
            </figcaption>
          </figure>
        </div>
      )}
      {search.place && (
        <Onward bundle={bundle} search={search} place={search.place} tools={tools} view={view} change={change} />
      )}
    </section>
  );
}

/** What one does with a photograph once its place is known. */
function Onward({
  bundle,
  search,
  place,
  tools,
  view,
  change,
}: {
  bundle: BundleCard;
  search: Search;
  place: Place;
  tools: Tool[];
  view: View;
  change: Change;
}) {
  const words = useWords();
  return (
    <>
      <p className="quiet small">{words.explore.foundHelp}</p>
      <div className="onward">
        <Button variant="solid" onPress={() => change({ tool: "walk", walk: [place, ...view.walk].slice(0, 16) })}>
          {words.explore.toWalk}
        </Button>
        {tools.includes("mix") && (
          <Button onPress={() => change({ tool: "mix", rows: [place, ...view.rows].slice(0, 8) })}>
            {words.explore.toMix}
          </Button>
        )}
        {tools.includes("sliders") && (
          <Button onPress={() => change({ tool: "sliders", base: [place] })}>{words.explore.toSliders}</Button>
        )}
        <Button
          variant="bare"
          onPress={() => search.state?.image && download(search.state.image, `${bundle.id}-projection.png`)}
        >
          <DownloadIcon />
          {words.generate.download}
        </Button>
      </div>
    </>
  );
}

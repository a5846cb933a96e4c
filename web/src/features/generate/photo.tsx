import { useState } from "react";
import { Problem } from "../../api/client";
import type { BundleCard } from "../../api/types";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice, Toggle } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { PictureDrop } from "../../ui/picture-drop";
import type { Change, Tool, View } from "./address";
import type { Abilities, Projection } from "./api";
import { ToolLayout } from "./layout";
import { SearchView } from "./search-view";
import type { Search } from "./use-projection";
import { useWords } from "./words";

const STEPS = [100, 300, 1000];

/** Why a search failed. */
const failureOf = ({ sentence, code, params }: Projection) => new Problem(200, sentence ?? "", code ?? "", params);

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
            label={words.searchSteps}
            value={String(steps)}
            onChange={(next) => setSteps(Number(next))}
            options={STEPS.map((n) => ({ value: String(n), text: n }))}
          />
          {abilities.layers > 1 && (
            <div>
              <Toggle text={words.plus} value={plus} onChange={setPlus} />
              <p className="quiet small">{words.plusHelp}</p>
            </div>
          )}
          <ClassChoice bundle={bundle} value={label} onChange={setLabel} noneText={words.nearestClass} />
          <p className="quiet small">{words.photoHelp}</p>
          {!search.busy && (search.error !== undefined || search.state) && (
            <div className="panel-actions">
              {picture && <Button onPress={() => load(picture)}>{words.searchAgain}</Button>}
              <Button onPress={search.forget}>{words.otherPhoto}</Button>
            </div>
          )}
        </>
      }
    >
      {search.error !== undefined && <ProblemNote error={search.error} />}
      {search.state?.state === "failed" && <ProblemNote error={failureOf(search.state)} />}
      {search.state?.state === "stopped" && <p className="quiet">{words.stopped}</p>}
      {search.busy || search.state ? (
        <SearchView bundle={bundle} search={search} tools={tools} view={view} change={change} />
      ) : (
        <PictureDrop load={load} camera />
      )}
    </ToolLayout>
  );
}

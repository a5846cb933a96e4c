import { useEffect, useState } from "react";
import type { BundleCard } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { figure } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import { saveAll } from "../../ui/archive";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { DownloadIcon, UndoIcon } from "../../ui/icons";
import type { Change, View } from "./address";
import { type Abilities, listDirections } from "./api";
import { BeforeAfter } from "./before-after";
import { DirectionSlider } from "./direction-slider";
import { CopyLink, Layers, Truncation } from "./fields";
import { requestPoint } from "./latent-point";
import { Stage, ToolLayout } from "./layout";
import { PointStrip } from "./point-strip";
import { gridPicture } from "./sheet-picture";
import styles from "./sliders.module.css";
import { useEdit } from "./use-edit";
import { useWords } from "./words";

const AT_FIRST = 6;
const MOST = 32;
const MOST_POINTS = 4;
const FAR = 6; // standard deviations; beyond, pictures fall apart

/** Pictures moved along the directions that the model itself has. */
export function Sliders({
  bundle,
  abilities,
  view,
  change,
}: {
  bundle: BundleCard;
  abilities: Abilities;
  view: View;
  change: Change;
}) {
  const words = useWords();
  const { saveAll: saveAllText } = useSharedWords();
  const count = abilities.direction_layers;
  const [first, last] = view.part ?? [0, count - 1];
  const part: [number, number] = [Math.min(first, count - 1), Math.min(last, count - 1)];
  const known = useNewest(part.join("-"), (signal) => listDirections(bundle.id, part, MOST, signal), 150);
  // While a slider is dragged its value is kept here; the address gets it when the slider is released.
  const [dragged, setDragged] = useState<Record<number, number> | null>(null);
  const address = JSON.stringify(view.moves);
  useEffect(() => setDragged(null), [address]);
  const moves = dragged ?? view.moves;
  const [all, setAll] = useState(false);
  const directions = known.answer?.directions ?? [];
  const few = directions.slice(0, AT_FIRST);
  const offered = all || directions.slice(AT_FIRST).some(({ number }) => moves[number]) ? directions : few;

  const request = view.base.length
    ? {
        points: view.base.map((point) => requestPoint(point, bundle.id)),
        strengths: Object.entries(moves)
          .map(([number, strength]) => ({ number: Number(number), strength }))
          .filter(({ strength }) => strength !== 0),
        first_layer: part[0],
        last_layer: part[1],
        psi: view.psi,
      }
    : null;
  const newest = useEdit(bundle.id, request, dragged === null);
  const settle = (next: Record<number, number>) => {
    setDragged(next);
    change({ moves: next });
  };

  return (
    <ToolLayout
      stay
      settings={
        <>
          <PointStrip
            label={words.base}
            bundle={bundle}
            view={view}
            points={view.base}
            onChange={(base) => change({ base })}
            most={MOST_POINTS}
          />
          {count > 1 && (
            <div>
              <Layers
                label={words.layersMoved}
                value={part}
                count={count}
                // Other layers have other directions: strengths along the old ones mean nothing there.
                onChange={(range) => change({ part: range, moves: {} })}
              />
              <p className="quiet small">{words.layersHelp}</p>
            </div>
          )}
          {known.error !== undefined && <ProblemNote error={known.error} retry={known.retry} />}
          {known.answer === undefined && known.error === undefined && <Waiting />}
          <div className={styles.directions}>
            {offered.map((direction) => (
              <DirectionSlider
                key={direction.number}
                name={words.direction(direction.number + 1)}
                share={words.share((direction.share * 100).toFixed(1))}
                value={moves[direction.number] ?? 0}
                far={Math.min(FAR, known.answer?.strongest ?? FAR)}
                onChange={(strength) => setDragged({ ...moves, [direction.number]: strength })}
                onChangeEnd={(strength) => settle({ ...moves, [direction.number]: strength })}
              />
            ))}
          </div>
          {directions.length > AT_FIRST && offered === few && (
            <Button variant="bare" onPress={() => setAll(true)}>
              {words.moreDirections(directions.length - AT_FIRST)}
            </Button>
          )}
          {directions.length > 0 && <p className="quiet small">{words.directionsHelp}</p>}
          <Truncation bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            <Button isDisabled={!Object.values(moves).some(Boolean)} onPress={() => settle({})}>
              <UndoIcon />
              {words.resetAll}
            </Button>
            <Button
              variant="solid"
              isDisabled={!newest.answer}
              onPress={async () =>
                newest.answer && download(await gridPicture(newest.answer.images), `${bundle.id}-moved.png`)
              }
            >
              <DownloadIcon />
              {words.savePicture}
            </Button>
            <Button
              isDisabled={!newest.answer || newest.busy}
              onPress={() =>
                request &&
                newest.answer &&
                saveAll(
                  `${bundle.id}-moved.zip`,
                  newest.answer.images.map((content, index) => ({
                    name: `${bundle.id}-moved-${index + 1}.png`,
                    content,
                    about: { point: request.points[index] },
                  })),
                  { model: bundle.id, name: bundle.name, ...request, points: undefined },
                )
              }
            >
              <DownloadIcon />
              {saveAllText}
            </Button>
            <CopyLink />
          </div>
        </>
      }
    >
      {request === null ? (
        <p className="quiet stage-empty">{words.slidersNeed}</p>
      ) : (
        <Stage label={words.slidersStage} newest={newest}>
          {(answer) => (
            <>
              <BeforeAfter bundle={bundle} view={view} images={answer.images} />
              <p className="quiet small stage-foot">
                <span>{words.slidersRead}</span>
                <span className="figures">{words.took(figure(answer.milliseconds))}</span>
              </p>
            </>
          )}
        </Stage>
      )}
    </ToolLayout>
  );
}

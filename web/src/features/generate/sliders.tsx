import { useEffect, useState } from "react";
import { Slider as AriaSlider, Label, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import type { BundleCard } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { figure } from "../../i18n/numbers";
import { Button, IconButton } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { DownloadIcon, UndoIcon } from "../../ui/icons";
import type { Change, View } from "./address";
import { type Abilities, listDirections } from "./api";
import { CopyLink, Layers, Truncation } from "./fields";
import { Stage, ToolLayout } from "./layout";
import { nameOf, pictureOf, pointOf } from "./place";
import { PlaceStrip } from "./place-strip";
import { gridPicture } from "./sheet-picture";
import { useEdit } from "./use-edit";
import { useWords } from "./words";

const AT_FIRST = 6;
const MOST = 32;
const MOST_PLACES = 4;
const FAR = 6; // standard deviations; beyond, pictures fall apart

const shown = (strength: number) =>
  strength === 0 ? "0" : `${strength > 0 ? "+" : "−"}${Number(Math.abs(strength).toFixed(2))}`;

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
  const words = useWords().explore;
  const count = abilities.direction_layers;
  const [first, last] = view.part ?? [0, count - 1];
  const part: [number, number] = [Math.min(first, count - 1), Math.min(last, count - 1)];
  const known = useNewest(part.join("-"), (signal) => listDirections(bundle.id, part, MOST, signal), 150);
  // While a slider is dragged its place is kept here; the address gets it when it is let go.
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
        points: view.base.map((place) => pointOf(place, bundle.id)),
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
          <PlaceStrip
            label={words.base}
            bundle={bundle}
            view={view}
            places={view.base}
            onChange={(base) => change({ base })}
            most={MOST_PLACES}
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
          <div className="directions">
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
              <Pairs bundle={bundle} view={view} images={answer.images} />
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

function Pairs({ bundle, view, images }: { bundle: BundleCard; view: View; images: string[] }) {
  const words = useWords();
  return (
    <div className="pairs" data-many={images.length > 1 || undefined}>
      {images.map((image, index) => {
        const place = view.base[index];
        if (!place) return null;
        const name = nameOf(place, bundle, words);
        return (
          // The order is the strip's; the same place may be there twice.
          // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
          <div className="pair" key={`${index} ${name}`}>
            <figure>
              <img src={pictureOf(place, bundle.id, view.psi)} alt={words.explore.beforeOf(name)} />
              <figcaption>{words.explore.before}</figcaption>
            </figure>
            <figure>
              <img src={image} alt={words.explore.afterOf(name)} />
              <figcaption>{words.explore.after}</figcaption>
            </figure>
          </div>
        );
      })}
    </div>
  );
}

function DirectionSlider({
  name,
  share,
  value,
  far,
  onChange,
  onChangeEnd,
}: {
  name: string;
  share: string;
  value: number;
  far: number;
  onChange: (value: number) => void;
  onChangeEnd: (value: number) => void;
}) {
  const words = useWords().explore;
  return (
    <div className="direction">
      <AriaSlider
        className="slider"
        value={value}
        minValue={-far}
        maxValue={far}
        step={0.25}
        onChange={(next) => onChange(next as number)}
        onChangeEnd={(next) => onChangeEnd(next as number)}
      >
        <Label>
          {name} <span className="quiet small figures">{share}</span>
        </Label>
        <SliderOutput>{() => shown(value)}</SliderOutput>
        <SliderTrack className="slider-track">
          {({ state }) => {
            const place = state.getThumbPercent(0);
            return (
              <>
                <span className="slider-rail" />
                <span
                  className="slider-fill slider-between"
                  style={{ left: `${Math.min(place, 0.5) * 100}%`, width: `${Math.abs(place - 0.5) * 100}%` }}
                />
                <span className="slider-zero" />
                <SliderThumb className="slider-thumb" />
              </>
            );
          }}
        </SliderTrack>
      </AriaSlider>
      <IconButton name={words.resetOne(name)} isDisabled={value === 0} onPress={() => onChangeEnd(0)}>
        <UndoIcon />
      </IconButton>
    </div>
  );
}

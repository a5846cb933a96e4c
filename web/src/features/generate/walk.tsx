import { useEffect, useRef, useState } from "react";
import type { BundleCard } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { figure } from "../../i18n/numbers";
import { Button, Choice, Toggle } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote } from "../../ui/feedback";
import { DownloadIcon } from "../../ui/icons";
import type { Change, View } from "./address";
import { type Abilities, type FilmFormat, film, interpolate, type WalkRequest } from "./api";
import { CopyLink, Truncation } from "./fields";
import { requestPoint } from "./latent-point";
import { Stage, ToolLayout } from "./layout";
import { Player } from "./player";
import { PointStrip } from "./point-strip";
import { useWords } from "./words";

const STEPS = [8, 16, 30, 60];
const SPEEDS = [12, 24, 30];
const MOST_FRAMES = 240; // the studio's limit
const MOST_POINTS = 16;

/** A way from picture to picture, played in the page and saved as a film. */
export function Walk({
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
  const [fps, setFps] = useState(24);
  const legs = Math.max(view.walk.length - (view.loop ? 0 : 1), 1);
  const steps = Math.min(view.steps, Math.floor(MOST_FRAMES / legs));
  const request: WalkRequest | null =
    view.walk.length < 2
      ? null
      : {
          points: view.walk.map((point) => requestPoint(point, bundle.id)),
          steps,
          loop: view.loop,
          psi: view.psi,
        };
  const question = request && JSON.stringify(request);
  const newest = useNewest(question, (signal) => interpolate(bundle.id, request as WalkRequest, signal), 250);
  const frames = legs * steps + (view.loop ? 0 : 1);
  return (
    <ToolLayout
      stay
      settings={
        <>
          <PointStrip
            label={words.stops}
            bundle={bundle}
            view={view}
            points={view.walk}
            onChange={(walk) => change({ walk })}
            most={MOST_POINTS}
          />
          <Choice
            label={words.steps}
            value={String(view.steps)}
            onChange={(next) => change({ steps: Number(next) })}
            options={STEPS.map((n) => ({ value: String(n), text: n }))}
          />
          <Choice
            label={words.speed}
            value={String(fps)}
            onChange={(next) => setFps(Number(next))}
            options={SPEEDS.map((n) => ({ value: String(n), text: n }))}
          />
          <Toggle text={words.loop} value={view.loop} onChange={(loop) => change({ loop })} />
          <Truncation bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            {abilities.films.map((format) => (
              <FilmButton key={format} bundle={bundle} format={format} request={request} fps={fps} />
            ))}
            <CopyLink />
          </div>
        </>
      }
    >
      {request === null ? (
        <p className="quiet stage-empty">{words.walkNeeds}</p>
      ) : (
        <Stage label={words.walkStage} newest={newest}>
          {(answer) => (
            <>
              <Player key={answer.images[0]} frames={answer.images} fps={fps} loop={view.loop} />
              <p className="quiet small stage-foot">
                <span>{words.walkLength(frames, (frames / fps).toFixed(1))}</span>
                <span className="figures">{words.took(figure(answer.milliseconds))}</span>
              </p>
            </>
          )}
        </Stage>
      )}
    </ToolLayout>
  );
}

function FilmButton({
  bundle,
  format,
  request,
  fps,
}: {
  bundle: BundleCard;
  format: FilmFormat;
  request: WalkRequest | null;
  fps: number;
}) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const save = async () => {
    if (!request) return;
    const own = new AbortController();
    controller.current = own;
    setBusy(true);
    setError(undefined);
    try {
      download(await film(bundle.id, { ...request, format, fps }, own.signal), `${bundle.id}-walk.${format}`);
    } catch (problem) {
      if (!own.signal.aborted) setError(problem);
    }
    if (!own.signal.aborted) setBusy(false);
  };
  return (
    <>
      <Button variant={format === "mp4" ? "solid" : "soft"} isDisabled={!request || busy} onPress={save}>
        <DownloadIcon />
        {busy ? words.filming : words.film(format.toUpperCase())}
      </Button>
      {error !== undefined && <ProblemNote error={error} />}
    </>
  );
}

// The chosen picture and what was made of it.
import type { BundleCard } from "../api/types";
import { Choice } from "../parts/controls";
import { ProblemNote, Waiting } from "../parts/feedback";
import { Beside, type Overlay, Slide } from "./beside";
import { Magnifier } from "./magnifier";
import type { Picture } from "./pictures";
import { inWords } from "./refusals";
import type { Shown } from "./shown";
import { useWords } from "./words";

export type View = "slide" | "beside" | "lens";

export function Stage({
  bundle,
  picture,
  before,
  after,
  busy,
  stale,
  view,
  onView,
  overlay,
  problem,
  retry,
}: {
  bundle: BundleCard;
  picture: Picture | undefined;
  before: Shown | undefined;
  after: Shown | undefined;
  /** A newer answer is on its way. */
  busy: boolean;
  /** What is shown is not what is asked for now. */
  stale: boolean;
  view: View;
  onView: (view: View) => void;
  overlay: Overlay | undefined;
  problem: unknown;
  retry: () => void;
}) {
  const words = useWords();
  const beforeName = bundle.enlarges ? words.bicubic : words.before;
  const views: View[] = bundle.enlarges ? ["lens", "slide", "beside"] : ["slide", "beside"];
  return (
    <section className="stage tr-stage" aria-label={words.stage} aria-busy={busy}>
      {problem !== undefined && <ProblemNote error={inWords(problem, words)} retry={retry} />}
      {problem === undefined && !before && busy && <Waiting />}
      {problem !== undefined && !before && picture && (
        <div className="tr-refused">
          <img
            key={picture.address}
            src={picture.address}
            alt={picture.name}
            onError={(event) => {
              event.currentTarget.hidden = true;
            }}
          />
        </div>
      )}
      {before && (
        <>
          <div className="tr-head">
            <Choice
              label={words.view}
              hideLabel
              value={view}
              onChange={onView}
              options={views.map((each) => ({ value: each, text: words.views[each] }))}
            />
            {busy && <span className="pulse" aria-hidden="true" />}
            {after && <Figures bundle={bundle} after={after} />}
          </div>
          <div className="stage-made" data-stale={stale || undefined}>
            {view === "lens" && after && <Magnifier before={before} after={after} scale={bundle.source_scale} />}
            {(view === "slide" || (view === "lens" && !after)) && (
              <Slide before={before} after={after} beforeName={beforeName} overlay={overlay} />
            )}
            {view === "beside" && <Beside before={before} after={after} beforeName={beforeName} overlay={overlay} />}
          </div>
          {!after && problem === undefined && <p className="quiet small">{words.waiting}</p>}
        </>
      )}
    </section>
  );
}

function Figures({ bundle, after }: { bundle: BundleCard; after: Shown }) {
  const words = useWords();
  const { source_scale: scale, enlarges } = bundle;
  const { modelMilliseconds: model, milliseconds: whole } = after;
  const spent = Number.isFinite(model) ? model : whole;
  return (
    <p className="quiet small figures tr-figures">
      <span>
        {enlarges
          ? words.sizes(
              words.size(after.width / scale, after.height / scale),
              words.size(after.width, after.height),
              scale,
            )
          : `${words.size(after.width, after.height)} px`}
      </span>
      <span>{words.latency(spent < 10 ? spent.toFixed(1) : String(Math.round(spent)), String(Math.round(whole)))}</span>
    </p>
  );
}

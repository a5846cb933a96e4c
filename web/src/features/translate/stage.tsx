// The chosen picture and what was made of it.
import type { ReactNode } from "react";
import { Choice } from "../../ui/controls";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { Beside, type Overlay, Slide } from "./beside";
import { Magnifier } from "./magnifier";
import type { Picture } from "./pictures";
import type { Shown } from "./shown";
import styles from "./stage.module.css";
import { useWords } from "./words";

export type View = "slide" | "beside" | "lens";

export function Stage({
  scale,
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
  invitation,
}: {
  /** How many times larger the answer is than what was given. */
  scale: number;
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
  /** What is still wanted before there can be an answer. */
  invitation: ReactNode;
}) {
  const words = useWords();
  const beforeName = scale > 1 ? words.bicubic : words.before;
  const views: View[] = scale > 1 ? ["lens", "slide", "beside"] : ["slide", "beside"];
  return (
    <section className={`stage ${styles.stage}`} data-testid="translation" aria-label={words.stage} aria-busy={busy}>
      {problem !== undefined && <ProblemNote error={problem} retry={retry} />}
      {problem === undefined && !before && busy && <Waiting />}
      {problem !== undefined && !before && picture && (
        <div className={styles.refused}>
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
          <div className={styles.head}>
            <Choice
              label={words.view}
              hideLabel
              value={view}
              onChange={onView}
              options={views.map((each) => ({ value: each, text: words.views[each] }))}
            />
            {busy && <span className="pulse" aria-hidden="true" />}
            {after && <Figures scale={scale} after={after} />}
          </div>
          {invitation}
          <div className="stage-made" data-stale={stale || undefined}>
            {view === "lens" && after && <Magnifier before={before} after={after} scale={scale} />}
            {(view === "slide" || (view === "lens" && !after)) && (
              <Slide before={before} after={after} beforeName={beforeName} overlay={overlay} />
            )}
            {view === "beside" && <Beside before={before} after={after} beforeName={beforeName} overlay={overlay} />}
          </div>
          {!after && !invitation && problem === undefined && <p className="quiet small">{words.waiting}</p>}
        </>
      )}
    </section>
  );
}

const SURE = 0.36; // likeness above which two faces are one person's, by those who made the measure

function Figures({ scale, after }: { scale: number; after: Shown }) {
  const words = useWords();
  const { modelMilliseconds: model, milliseconds: whole, likeness } = after;
  const spent = Number.isFinite(model) ? model : whole;
  return (
    <p className={`quiet small figures ${styles.figures}`}>
      <span>
        {scale > 1
          ? words.sizes(
              words.size(after.width / scale, after.height / scale),
              words.size(after.width, after.height),
              scale,
            )
          : `${words.size(after.width, after.height)} px`}
      </span>
      {Number.isFinite(likeness) && <span>{words.likeness(likeness.toFixed(2), likeness >= SURE)}</span>}
      <span>{words.latency(spent < 10 ? spent.toFixed(1) : String(Math.round(spent)), String(Math.round(whole)))}</span>
    </p>
  );
}

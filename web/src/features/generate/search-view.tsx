import type { BundleCard } from "../../api/types";
import { duration, figure } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { Progress } from "../../ui/feedback";
import { CloseIcon, DownloadIcon } from "../../ui/icons";
import type { Change, Tool, View } from "./address";
import type { LatentPoint } from "./latent-point";
import pairStyles from "./pair.module.css";
import styles from "./photo.module.css";
import type { Search } from "./use-projection";
import { useWords } from "./words";

/** A search in progress or its result: the photograph beside the picture found. */
export function SearchView({
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
    <section className={`stage ${styles.search}`} aria-label={words.photoStage} aria-busy={busy}>
      {busy && (
        <div className={styles.searchHead}>
          <Progress value={steps ? step / steps : 0} label={words.searching} />
          <p className={`small figures ${styles.searchTold}`}>
            <span>{state?.state === "running" ? words.searchStep(step, steps) : words.searchWaits}</span>
            <span className="quiet">
              {duration(seconds, language)}
              {left !== null && ` · ${units.left(duration(left, language))}`}
            </span>
            <span className="spring" />
            <Button onPress={search.forget}>
              <CloseIcon />
              {words.cancel}
            </Button>
          </p>
        </div>
      )}
      {state && (
        <div className={pairStyles.pair}>
          <figure>
            <img src={state.target} alt={words.target} />
            <figcaption>{words.target}</figcaption>
          </figure>
          <figure>
            {state.image ? (
              <img src={state.image} alt={words.found} />
            ) : (
              <div className={pairStyles.pictureEmpty} aria-hidden="true" />
            )}
            <figcaption>
              {busy ? words.soFar : words.found}
              {state.distance !== null && <span className="quiet figures">{` · LPIPS ${figure(state.distance)}`}</span>}
              {state.psnr !== null && <span className="quiet figures">{` · PSNR ${figure(state.psnr)} dB`}</span>}
            </figcaption>
          </figure>
        </div>
      )}
      {search.point && (
        <Onward bundle={bundle} search={search} point={search.point} tools={tools} view={view} change={change} />
      )}
    </section>
  );
}

/** What one does with a photograph once its point is known. */
function Onward({
  bundle,
  search,
  point,
  tools,
  view,
  change,
}: {
  bundle: BundleCard;
  search: Search;
  point: LatentPoint;
  tools: Tool[];
  view: View;
  change: Change;
}) {
  const words = useWords();
  return (
    <>
      <p className="quiet small">{words.foundHelp}</p>
      <div className={styles.onward}>
        <Button variant="solid" onPress={() => change({ tool: "walk", walk: [point, ...view.walk].slice(0, 16) })}>
          {words.toWalk}
        </Button>
        {tools.includes("mix") && (
          <Button onPress={() => change({ tool: "mix", rows: [point, ...view.rows].slice(0, 8) })}>
            {words.toMix}
          </Button>
        )}
        {tools.includes("sliders") && (
          <Button onPress={() => change({ tool: "sliders", base: [point] })}>{words.toSliders}</Button>
        )}
        <Button
          variant="bare"
          onPress={() => search.state?.image && download(search.state.image, `${bundle.id}-projection.png`)}
        >
          <DownloadIcon />
          {words.download}
        </Button>
      </div>
    </>
  );
}

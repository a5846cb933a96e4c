import type { BundleCard } from "../api/types";
import type { Result } from "../draw/use-result";
import { Press } from "../parts/controls";
import { download } from "../parts/download";
import { DownloadIcon } from "../parts/icons";
import { useWords } from "../words/words";

export function Latency({ result }: { result: Result }) {
  const words = useWords().draw;
  const whole = Math.round(result.milliseconds);
  const model = Number.isFinite(result.modelMilliseconds) ? result.modelMilliseconds : result.milliseconds;
  return (
    <span className="quiet small figures">
      {words.latency(model < 10 ? model.toFixed(1) : String(Math.round(model)), String(whole))}
    </span>
  );
}

export function ResultPicture({
  bundle,
  result,
  busy,
  waiting,
}: {
  bundle: BundleCard;
  result: Result | undefined;
  busy: boolean;
  waiting: string;
}) {
  const words = useWords().draw;
  return (
    <figure className="draw-side draw-result" aria-busy={busy}>
      <figcaption>{words.result}</figcaption>
      <div className="result">
        {result ? <img src={result.address} alt={words.result} /> : <p className="quiet">{waiting}</p>}
      </div>
      <div className="draw-foot">
        <Press
          look="bare"
          isDisabled={!result}
          onPress={() => result && download(result.picture, `${bundle.id}-result.png`)}
        >
          <DownloadIcon />
          {words.saveResult}
        </Press>
        <span className="spring" />
        {result && <Latency result={result} />}
      </div>
    </figure>
  );
}

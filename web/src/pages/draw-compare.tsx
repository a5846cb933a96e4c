// Before and after of one's own picture, under a slider.
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { translate } from "../api/client";
import type { BundleCard } from "../api/types";
import { Latency } from "../draw/latency";
import { degraded, readPicture, square } from "../draw/photo";
import { useResult } from "../draw/use-result";
import { Press } from "../parts/controls";
import { download } from "../parts/download";
import { ProblemNote } from "../parts/feedback";
import { DownloadIcon, PhotoIcon } from "../parts/icons";
import { useWords } from "../words/words";
import { PictureDrop } from "./picture-drop";

const LOOK = 768; // pixels of the picture as it is shown before

export function Compare({ bundle }: { bundle: BundleCard }) {
  const words = useWords().draw;
  const [file, setFile] = useState<Blob>();
  const [before, setBefore] = useState<string>();
  const [share, setShare] = useState(50);
  const { result, error, ask, forget } = useResult();

  const load = async (next: Blob) => {
    forget();
    setFile(next);
    ask((signal) => translate(bundle.id, next, false, signal), true);
    try {
      const side = bundle.degradation === "downscale" ? bundle.resolution : LOOK;
      setBefore(degraded(square(await readPicture(next), side), bundle.degradation).toDataURL());
    } catch {
      // A kind of picture the studio reads and this browser does not: the result alone is shown.
      setBefore(undefined);
    }
  };

  if (!file) return <PictureDrop load={load} />;
  return (
    <div className="compare">
      {error !== undefined && <ProblemNote error={error} retry={() => load(file)} />}
      <div className="compare-pictures" style={{ "--share": `${share}%` } as React.CSSProperties}>
        {before && <img src={before} alt={words.before} className="compare-before" />}
        {result && <img src={result.address} alt={words.result} className="compare-after" />}
        {!before && !result && error === undefined && <p className="quiet">{words.waitingPicture}</p>}
        {before && result && (
          <>
            <span className="compare-line" aria-hidden="true" />
            <span className="compare-tag" aria-hidden="true">
              {words.before}
            </span>
            <span className="compare-tag compare-tag-after" aria-hidden="true">
              {words.after}
            </span>
            <input
              type="range"
              min={0}
              max={100}
              value={share}
              aria-label={words.compare}
              onChange={(event) => setShare(Number(event.target.value))}
            />
          </>
        )}
      </div>
      <div className="draw-foot">
        <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => files?.[0] && void load(files[0])}>
          <Press>
            <PhotoIcon />
            {words.another}
          </Press>
        </FileTrigger>
        <Press
          look="solid"
          isDisabled={!result}
          onPress={() => result && download(result.picture, `${bundle.id}-result.png`)}
        >
          <DownloadIcon />
          {words.saveResult}
        </Press>
        <span className="spring" />
        {result && <Latency result={result} />}
      </div>
    </div>
  );
}

import { useEffect, useState } from "react";
import type { Sheet } from "../api/types";
import { IconPress, Slider } from "../parts/controls";
import { PauseIcon, PlayIcon } from "../parts/icons";
import { kimg } from "../words/figures";
import { useWords } from "../words/words";

const FRAME_MILLISECONDS = 350;

/** The sheets in order of training; it follows the newest until somebody goes back in time. */
export function Sheets({ sheets }: { sheets: Sheet[] }) {
  const words = useWords();
  const [chosen, setChosen] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const last = sheets.length - 1;
  const index = Math.min(chosen ?? last, last);
  const sheet = sheets[index];

  useEffect(() => {
    if (!playing) return;
    if (index >= last) {
      setPlaying(false);
      setChosen(null);
      return;
    }
    const next = sheets[index + 1];
    const ahead = new Image();
    if (next) ahead.src = next.url;
    const timer = setTimeout(() => setChosen(index + 1), FRAME_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [playing, index, last, sheets]);

  return (
    <section className="section" aria-labelledby="sheets">
      <div className="section-head">
        <h2 id="sheets">{words.runs.sheets}</h2>
        <p className="quiet">{words.runs.sheetsHelp}</p>
      </div>
      {!sheet ? (
        <p className="quiet">{words.runs.noSheets}</p>
      ) : (
        <div className="sheets">
          <img src={sheet.url} alt={words.runs.sheetAt(kimg(sheet.nimg / 1000))} />
          <div className="sheets-bar">
            <IconPress
              name={playing ? words.runs.pause : words.runs.play}
              look="soft"
              isDisabled={last < 1}
              onPress={() => {
                if (!playing && index >= last) setChosen(0);
                setPlaying(!playing);
              }}
            >
              {playing ? <PauseIcon /> : <PlayIcon />}
            </IconPress>
            <Slider
              quiet
              label={words.runs.sheetSlider}
              value={index}
              onChange={(next) => {
                setPlaying(false);
                setChosen(next >= last ? null : next);
              }}
              minValue={0}
              maxValue={Math.max(last, 1)}
              step={1}
            />
            <output className="figures">{words.units.kimg(kimg(sheet.nimg / 1000))}</output>
          </div>
        </div>
      )}
    </section>
  );
}

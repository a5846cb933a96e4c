import { Suspense, useEffect, useState } from "react";
import { rooted } from "../../api/root";
import type { Sheet } from "../../api/types";
import { FEATURES } from "../../features";
import { kimg } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import { IconButton, Slider } from "../../ui/controls";
import { PauseIcon, PlayIcon } from "../../ui/icons";
import styles from "./run.module.css";
import { SheetPicture } from "./sheet-picture";
import { useWords } from "./words";

const FRAME_MILLISECONDS = 350;

/** The sheets in order of training; it follows the newest until somebody goes back in time. */
export function Sheets({
  run,
  sheets,
  task,
}: {
  /** Its id. */
  run: string;
  sheets: Sheet[];
  task: string | null | undefined;
}) {
  const words = useWords();
  const { pause, play, units } = useSharedWords();
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
    if (next) ahead.src = rooted(next.url);
    const timer = setTimeout(() => setChosen(index + 1), FRAME_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [playing, index, last, sheets]);

  return (
    <section className="section" aria-labelledby="sheets">
      <div className="section-head">
        <h2 id="sheets">{words.sheets}</h2>
        <p className="quiet">
          {words.sheetsHelp} {words.sheetColumns[task ?? ""]}
        </p>
      </div>
      {!sheet ? (
        <p className="quiet">{words.noSheets}</p>
      ) : (
        <div className={styles.sheets}>
          <SheetPicture url={rooted(sheet.url)} nimg={sheet.nimg} />
          <div className={styles.sheetsBar}>
            <IconButton
              name={playing ? pause : play}
              variant="soft"
              isDisabled={last < 1}
              onPress={() => {
                if (!playing && index >= last) setChosen(0);
                setPlaying(!playing);
              }}
            >
              {playing ? <PauseIcon /> : <PlayIcon />}
            </IconButton>
            <Slider
              quiet
              label={words.sheetSlider}
              value={index}
              onChange={(next) => {
                setPlaying(false);
                setChosen(next >= last ? null : next);
              }}
              minValue={0}
              maxValue={Math.max(last, 1)}
              step={1}
            />
            <output className="figures">{units.kimg(kimg(sheet.nimg / 1000))}</output>
          </div>
          {!playing && <Parts run={run} sheet={sheet} />}
        </div>
      )}
    </section>
  );
}

/** What the features offer for a sheet, such as to play its music. */
function Parts({ run, sheet }: { run: string; sheet: Sheet }) {
  return FEATURES.map(({ name, sheet: offered }) => {
    if (!offered?.shown(sheet)) return null;
    return (
      <Suspense key={name} fallback={null}>
        <offered.part run={run} sheet={sheet} />
      </Suspense>
    );
  });
}

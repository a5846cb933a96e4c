import { ToggleButton } from "react-aria-components";
import { useLanguage } from "../../i18n/provider";
import { Select } from "../../ui/select";
import { colourOf } from "./colours";
import { INSTRUMENTS } from "./instruments";
import type { Part } from "./score";
import styles from "./tracks.module.css";
import { useWords } from "./words";

export type Volume = { muted: boolean; solo: boolean };

/** Which tracks are heard: where some are solo, those; else those that are not muted. */
export const heardOf = (volumes: readonly Volume[]) => {
  const solo = volumes.some((volume) => volume.solo);
  return volumes.map((volume) => (solo ? volume.solo : !volume.muted));
};

/** Each track with its colour, its instrument, and whether it is heard. */
export function Tracks({
  parts,
  volumes,
  change,
  play,
}: {
  parts: readonly Part[];
  volumes: readonly Volume[];
  change: (index: number, volume: Partial<Volume>) => void;
  /** Another instrument for a track. */
  play: (index: number, program: number) => void;
}) {
  const words = useWords();
  const { language } = useLanguage();
  const choices = (program: number) => {
    const known = INSTRUMENTS.map((each) => ({ id: String(each.program), name: each[language] }));
    if (INSTRUMENTS.some((each) => each.program === program)) return known;
    return [{ id: String(program), name: words.program(program) }, ...known];
  };
  return (
    <ul className={styles.tracks} aria-label={words.tracks}>
      {parts.map(({ name, drums, program }, index) => (
        <li key={name} className={styles.track}>
          <span className={styles.colour} style={{ background: colourOf(index) }} aria-hidden="true" />
          <strong className={styles.name}>{name}</strong>
          {drums ? (
            <span className={`quiet small ${styles.instrument}`}>{words.drums}</span>
          ) : (
            <div className={styles.instrument}>
              <Select
                label={words.instrument(name)}
                hideLabel
                value={String(program)}
                onChange={(id) => play(index, Number(id))}
                options={choices(program)}
              />
            </div>
          )}
          <ToggleButton
            aria-label={words.mute(name)}
            isSelected={volumes[index]?.muted ?? false}
            onChange={(muted) => change(index, { muted })}
            className="button button-soft button-toggle"
          >
            {words.muteShort}
          </ToggleButton>
          <ToggleButton
            aria-label={words.solo(name)}
            isSelected={volumes[index]?.solo ?? false}
            onChange={(solo) => change(index, { solo })}
            className="button button-soft button-toggle"
          >
            {words.soloShort}
          </ToggleButton>
        </li>
      ))}
    </ul>
  );
}

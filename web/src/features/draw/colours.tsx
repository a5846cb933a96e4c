// Colours of hair, skin and background: as painted, a few natural ones, or any.
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Colours, Region } from "./api";
import styles from "./colours.module.css";
import { useWords } from "./words";

const AS_PAINTED = "";

const SWATCHES: Record<Region, Record<string, string>> = {
  hair: {
    black: "#262221",
    brown: "#4f382c",
    auburn: "#7a4638",
    blond: "#ae946a",
    grey: "#93908d",
    white: "#d4d1cc",
  },
  skin: { fair: "#f0d5c3", light: "#dfb294", tan: "#c08e6c", brown: "#8f5f43", dark: "#5b3a29" },
  background: {
    white: "#f4f4f2",
    grey: "#b9bec4",
    blue: "#7fa7c9",
    green: "#8fb39a",
    sand: "#d9c7a8",
    black: "#2b2d30",
  },
};
const REGIONS = Object.keys(SWATCHES) as Region[];

export function ColourChoices({
  colours,
  change,
  uncoloured,
}: {
  colours: Colours;
  change: (colours: Colours) => void;
  uncoloured: readonly Region[];
}) {
  const words = useWords();
  const take = (region: Region, colour: string) => {
    const { [region]: _, ...others } = colours;
    change(colour === AS_PAINTED ? others : { ...others, [region]: colour });
  };
  return (
    <div className={styles.colours}>
      {REGIONS.map((region) => (
        <RegionColour
          key={region}
          region={region}
          colour={colours[region] ?? AS_PAINTED}
          take={(colour) => take(region, colour)}
        />
      ))}
      <p className="quiet small" role="status">
        {uncoloured.length > 0
          ? words.uncoloured(uncoloured.map((region) => words.regions[region]).join(", "))
          : words.coloursHelp}
      </p>
    </div>
  );
}

function RegionColour({ region, colour, take }: { region: Region; colour: string; take: (colour: string) => void }) {
  const words = useWords();
  const swatches = Object.entries(SWATCHES[region]);
  const own = colour !== AS_PAINTED && !swatches.some(([, known]) => known === colour);
  return (
    <div className={styles.region}>
      <RadioGroup value={colour} onChange={take} orientation="horizontal" className={styles.group}>
        <Label>{words.regions[region]}</Label>
        <div className={styles.row}>
          <Radio value={AS_PAINTED} className={`${styles.swatch} ${styles.painted}`} aria-label={words.asPainted} />
          {swatches.map(([name, value]) => (
            <Radio
              key={value}
              value={value}
              className={styles.swatch}
              style={{ background: value }}
              aria-label={words.colourNames[name] ?? name}
            />
          ))}
        </div>
      </RadioGroup>
      <label className={`${styles.swatch} ${styles.own}`} data-selected={own || undefined}>
        <input
          type="color"
          aria-label={words.ownColour(words.regions[region])}
          value={own ? colour : "#808080"}
          onChange={(event) => take(event.target.value)}
        />
        <span style={own ? { background: colour } : undefined} />
      </label>
    </div>
  );
}

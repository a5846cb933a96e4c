// Controls that several of the tools have.
import { useState } from "react";
import {
  Slider as AriaSlider,
  Input,
  Label,
  NumberField,
  SliderOutput,
  SliderThumb,
  SliderTrack,
} from "react-aria-components";
import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import { Button, Slider } from "../../ui/controls";
import { CheckIcon, LinkIcon, ShuffleIcon } from "../../ui/icons";
import { type Change, MAX_FIRST_SEED, MAX_PSI, MIN_PSI, type View } from "./address";
import type { LayerRange } from "./api";
import styles from "./fields.module.css";
import { useWords } from "./words";

export function SeedField({
  label,
  value,
  onChange,
  max = MAX_FIRST_SEED,
  stacked = false,
}: {
  label: string;
  value: number;
  onChange: (seed: number) => void;
  max?: number;
  /** The button stands below the field. */
  stacked?: boolean;
}) {
  const words = useWords();
  return (
    <div className={styles.seedRow} data-stacked={stacked || undefined}>
      <NumberField
        className="field"
        value={value}
        minValue={0}
        maxValue={max}
        formatOptions={{ useGrouping: false }}
        onChange={(seed) => Number.isFinite(seed) && onChange(seed)}
      >
        <Label>{label}</Label>
        <Input />
      </NumberField>
      <Button onPress={() => onChange(Math.floor(Math.random() * 1_000_000))}>
        <ShuffleIcon />
        {words.shuffle}
      </Button>
    </div>
  );
}

/** Truncation, where the model knows it. */
export function Truncation({ bundle, view, change }: { bundle: BundleCard; view: View; change: Change }) {
  const words = useWords();
  if (!can(bundle, "truncation")) return null;
  return (
    <div>
      <Slider
        label={words.truncation}
        value={view.psi}
        onChange={(psi) => change({ psi: Math.round(psi * 100) / 100 })}
        minValue={MIN_PSI}
        maxValue={MAX_PSI}
        step={0.05}
        format={(psi) => psi.toFixed(2)}
      />
      <p className="quiet small">{words.truncationHelp}</p>
    </div>
  );
}

export function CopyLink() {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <Button
      onPress={() => {
        void navigator.clipboard?.writeText(window.location.href).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 2000);
        });
      }}
    >
      {copied ? <CheckIcon /> : <LinkIcon />}
      <span aria-live="polite">{copied ? words.linkCopied : words.copyLink}</span>
    </Button>
  );
}

/** From one layer to another: a slider with two thumbs. */
export function Layers({
  label,
  value: [first, last],
  count,
  onChange,
}: {
  label: string;
  value: LayerRange;
  count: number;
  onChange: (range: [number, number]) => void;
}) {
  const words = useWords();
  return (
    <AriaSlider
      className="slider"
      value={[first, last]}
      minValue={0}
      maxValue={count - 1}
      step={1}
      onChange={(next) => {
        const [low = 0, high = low] = next as number[];
        onChange([low, high]);
      }}
    >
      <Label>{label}</Label>
      <SliderOutput>{first === last ? first : `${first}–${last}`}</SliderOutput>
      <SliderTrack className="slider-track">
        {({ state }) => {
          const [from, to] = [state.getThumbPercent(0), state.getThumbPercent(1)];
          return (
            <>
              <span className="slider-rail" />
              <span
                className="slider-fill slider-between"
                style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
              />
              <SliderThumb index={0} className="slider-thumb" aria-label={words.firstLayer} />
              <SliderThumb index={1} className="slider-thumb" aria-label={words.lastLayer} />
            </>
          );
        }}
      </SliderTrack>
    </AriaSlider>
  );
}

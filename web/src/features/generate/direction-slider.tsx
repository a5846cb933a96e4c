import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { IconButton } from "../../ui/controls";
import { UndoIcon } from "../../ui/icons";
import styles from "./sliders.module.css";
import { useWords } from "./words";

const shown = (strength: number) =>
  strength === 0 ? "0" : `${strength > 0 ? "+" : "−"}${Number(Math.abs(strength).toFixed(2))}`;

/** How far to move along a direction, with zero in the middle. */
export function DirectionSlider({
  name,
  share,
  value,
  far,
  onChange,
  onChangeEnd,
}: {
  name: string;
  share: string;
  value: number;
  far: number;
  onChange: (value: number) => void;
  onChangeEnd: (value: number) => void;
}) {
  const words = useWords();
  return (
    <div className={styles.direction}>
      <Slider
        className="slider"
        value={value}
        minValue={-far}
        maxValue={far}
        step={0.25}
        onChange={(next) => onChange(next as number)}
        onChangeEnd={(next) => onChangeEnd(next as number)}
      >
        <Label>
          {name} <span className="quiet small figures">{share}</span>
        </Label>
        <SliderOutput>{() => shown(value)}</SliderOutput>
        <SliderTrack className="slider-track">
          {({ state }) => {
            const place = state.getThumbPercent(0);
            return (
              <>
                <span className="slider-rail" />
                <span
                  className="slider-fill slider-between"
                  style={{ left: `${Math.min(place, 0.5) * 100}%`, width: `${Math.abs(place - 0.5) * 100}%` }}
                />
                <span className="slider-zero" />
                <SliderThumb className="slider-thumb" />
              </>
            );
          }}
        </SliderTrack>
      </Slider>
      <IconButton name={words.resetOne(name)} isDisabled={value === 0} onPress={() => onChangeEnd(0)}>
        <UndoIcon />
      </IconButton>
    </div>
  );
}

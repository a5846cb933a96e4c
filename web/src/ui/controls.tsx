// The controls of every page: React Aria's behaviour (keyboard, focus, names, touch) in this app's clothes.
import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Slider as AriaSlider,
  Switch as AriaSwitch,
  ToggleButton as AriaToggleButton,
  type ButtonProps,
  Label,
  Radio,
  RadioGroup,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";

type Variant = "solid" | "soft" | "bare";

export function Button({ variant = "soft", ...rest }: ButtonProps & { variant?: Variant }) {
  return <AriaButton {...rest} className={`button button-${variant}`} />;
}

/** A button that shows only an icon; its name appears as a tooltip, with the key that does the same. */
export function IconButton({
  name,
  shortcut,
  children,
  variant = "bare",
  ...rest
}: Omit<ButtonProps, "children"> & { name: string; shortcut?: string; children: ReactNode; variant?: Variant }) {
  return (
    <TooltipTrigger delay={500} closeDelay={60}>
      <AriaButton {...rest} aria-label={name} className={`button button-icon button-${variant}`}>
        {children}
      </AriaButton>
      <KeyTooltip name={name} {...(shortcut ? { shortcut } : {})} />
    </TooltipTrigger>
  );
}

export function IconToggle({
  name,
  shortcut,
  chosen,
  onChoose,
  children,
}: {
  name: string;
  shortcut: string;
  chosen: boolean;
  onChoose: () => void;
  children: ReactNode;
}) {
  return (
    <TooltipTrigger delay={500} closeDelay={60}>
      <AriaToggleButton
        aria-label={name}
        isSelected={chosen}
        onChange={onChoose}
        className="button button-icon button-bare button-toggle"
      >
        {children}
      </AriaToggleButton>
      <KeyTooltip name={name} shortcut={shortcut} />
    </TooltipTrigger>
  );
}

function KeyTooltip({ name, shortcut }: { name: string; shortcut?: string }) {
  return (
    <Tooltip offset={8} className="tooltip">
      {name}
      {shortcut && <kbd>{shortcut}</kbd>}
    </Tooltip>
  );
}

export function Slider({
  label,
  value,
  onChange,
  minValue,
  maxValue,
  step,
  format,
  quiet = false,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  minValue: number;
  maxValue: number;
  step: number;
  format?: (value: number) => string;
  quiet?: boolean;
}) {
  return (
    <AriaSlider
      className={quiet ? "slider slider-quiet" : "slider"}
      value={value}
      onChange={(next) => onChange(next as number)}
      minValue={minValue}
      maxValue={maxValue}
      step={step}
      {...(quiet ? { "aria-label": label } : {})}
    >
      {!quiet && <Label>{label}</Label>}
      {!quiet && <SliderOutput>{({ state }) => (format ?? String)(state.values[0] ?? value)}</SliderOutput>}
      <SliderTrack className="slider-track">
        {({ state }) => (
          <>
            <span className="slider-rail" />
            <span className="slider-fill" style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
            <SliderThumb className="slider-thumb" />
          </>
        )}
      </SliderTrack>
    </AriaSlider>
  );
}

/** A few choices side by side. */
export function Choice<T extends string>({
  label,
  value,
  onChange,
  options,
  hideLabel = false,
}: {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; text: ReactNode; name?: string }[];
  hideLabel?: boolean;
}) {
  return (
    <RadioGroup
      className="choice"
      value={value}
      onChange={(next) => onChange(next as T)}
      orientation="horizontal"
      {...(hideLabel ? { "aria-label": label } : {})}
    >
      {!hideLabel && <Label>{label}</Label>}
      <div className="choice-row">
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            className="choice-option"
            {...(option.name ? { "aria-label": option.name } : {})}
          >
            {option.text}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export function Toggle({
  text,
  value,
  onChange,
}: {
  text: string;
  value: boolean;
  onChange: (value: boolean) => void;
}) {
  return (
    <AriaSwitch className="switch" isSelected={value} onChange={onChange}>
      <span className="switch-track" aria-hidden="true" />
      {text}
    </AriaSwitch>
  );
}

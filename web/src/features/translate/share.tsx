import { Slider } from "../../ui/controls";

/** How much of something, from nothing to all of it. */
export function Share({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <Slider
      label={label}
      value={value}
      onChange={(next) => onChange(Math.round(next * 100) / 100)}
      minValue={0}
      maxValue={1}
      step={0.05}
      format={(share) => `${Math.round(share * 100)} %`}
    />
  );
}

import type { BundleCard } from "../api/types";
import { useWords } from "../i18n/provider";
import { Select } from "./select";

const NONE = "none";

/** Chooses a class, or none; nothing where a model has no classes. */
export function ClassChoice({
  bundle,
  value,
  onChange,
  noneText,
  label,
}: {
  bundle: Pick<BundleCard, "classes">;
  value: number | null;
  onChange: (value: number | null) => void;
  /** What none means here; left out: one must be chosen. */
  noneText?: string;
  label?: string;
}) {
  const words = useWords();
  if (!bundle.classes.length) return null;
  const classes = bundle.classes.map((name, index) => ({ id: String(index), name }));
  return (
    <Select
      label={label ?? words.class}
      value={String(value ?? NONE)}
      onChange={(id) => onChange(id === NONE ? null : Number(id))}
      options={noneText === undefined ? classes : [{ id: NONE, name: noneText }, ...classes]}
    />
  );
}

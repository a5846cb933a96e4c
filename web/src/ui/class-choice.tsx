import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import type { BundleCard } from "../api/types";
import { useWords } from "../i18n/provider";

const NONE = "none";

/** Chooses a class, or none; `noneText` says what none means here. */
export function ClassChoice({
  bundle,
  value,
  onChange,
  noneText,
  label,
}: {
  bundle: BundleCard;
  value: number | null;
  onChange: (value: number | null) => void;
  /** Left out: one must be chosen. */
  noneText?: string;
  label?: string;
}) {
  const words = useWords();
  if (!bundle.classes.length) return null;
  return (
    <Select
      className="field"
      selectedKey={String(value ?? NONE)}
      onSelectionChange={(key) => onChange(key === NONE ? null : Number(key))}
    >
      <Label>{label ?? words.class}</Label>
      <Button className="select">
        <SelectValue />
        <svg viewBox="0 0 20 20" className="icon" aria-hidden="true">
          <path d="M5.500 8l4.500 4.500L14.500 8" />
        </svg>
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="list">
          {noneText !== undefined && (
            <ListBoxItem id={NONE} className="list-item">
              {noneText}
            </ListBoxItem>
          )}
          {bundle.classes.map((name, index) => (
            <ListBoxItem key={name} id={String(index)} className="list-item">
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

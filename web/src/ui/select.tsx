import type { ReactNode } from "react";
import { Select as AriaSelect, Button, Label, ListBox, ListBoxItem, Popover, SelectValue } from "react-aria-components";
import { ChevronDownIcon } from "./icons";

export type SelectOption = {
  id: string;
  name: string;
  /** Shown behind or below the name in the list only. */
  detail?: ReactNode;
};

/** One of many options, in a list that opens. */
export function Select({
  label,
  hideLabel = false,
  className = "field",
  value,
  onChange,
  options,
}: {
  label: string;
  hideLabel?: boolean;
  className?: string | undefined;
  value: string;
  onChange: (id: string) => void;
  options: readonly SelectOption[];
}) {
  return (
    <AriaSelect className={className} selectedKey={value} onSelectionChange={(key) => onChange(String(key))}>
      <Label className={hideLabel ? "sr-only" : "react-aria-Label"}>{label}</Label>
      <Button className="select">
        <SelectValue>{options.find(({ id }) => id === value)?.name}</SelectValue>
        <ChevronDownIcon />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="list" items={options}>
          {({ id, name, detail }) => (
            <ListBoxItem id={id} textValue={name} className="list-item">
              {name} {detail}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

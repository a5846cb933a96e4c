import { useState } from "react";
import { useWords } from "../i18n/provider";
import { Choice } from "./controls";
import { MoonIcon, SunIcon, SystemIcon } from "./icons";
import { recall, remember } from "./local-storage";

type Theme = "light" | "dark" | "system";

export function ThemeChoice() {
  const words = useWords().theme;
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = recall("theme");
    return kept === "light" || kept === "dark" ? kept : "system";
  });
  const choose = (next: Theme) => {
    setTheme(next);
    remember("theme", next === "system" ? null : next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
  };
  return (
    <Choice
      label={words.label}
      hideLabel
      value={theme}
      onChange={choose}
      options={[
        { value: "light", text: <SunIcon />, name: words.light },
        { value: "system", text: <SystemIcon />, name: words.system },
        { value: "dark", text: <MoonIcon />, name: words.dark },
      ]}
    />
  );
}

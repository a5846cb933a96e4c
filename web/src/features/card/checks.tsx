// What the checks found, in sentences.
import { CheckIcon, InfoIcon, WarningIcon } from "../../ui/icons";
import type { Finding } from "./api";
import styles from "./card.module.css";
import { useWords, type Words } from "./words";

export function Checks({ findings, checking }: { findings: readonly Finding[]; checking: boolean }) {
  const words = useWords();
  const order = ["error", "warning", "info"];
  const sorted = [...findings].sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level));
  const faults = sorted.filter(({ level }) => level !== "info");
  return (
    <section className={styles.checks} aria-label={words.checks} aria-busy={checking} data-testid="checks">
      <h2>{words.checks}</h2>
      {faults.length === 0 && (
        <p className={styles.well}>
          {!checking && <CheckIcon />}
          {checking ? words.checking : words.allWell}
        </p>
      )}
      <ul>
        {sorted.map((one) => (
          <li key={`${one.code} ${one.params.text ?? one.params.side ?? ""}`} data-level={one.level}>
            {one.level === "info" ? <InfoIcon /> : <WarningIcon />}
            <span>
              <span className="sr-only">{words.levels[one.level]}: </span>
              {sentence(one, words)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sentence({ code, sentence, params }: Finding, words: Words): string {
  const template = words.findings[code];
  if (template === undefined) return sentence;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? "";
    return name === "side" ? (words.sides[value as "front" | "back"] ?? String(value)) : String(value);
  });
}

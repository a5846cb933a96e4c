// What can be learned, as plain choices with a picture each.
import { Radio, RadioGroup } from "react-aria-components";
import { type Messages, translated } from "../../i18n/message";
import type { Choice, Suggestions } from "./api";
import { GoalArt } from "./goal-art";
import styles from "./goals.module.css";
import { useWords } from "./words";

export function Goals({
  report,
  value,
  choose,
}: {
  report: Suggestions;
  value: string;
  choose: (choice: Choice) => void;
}) {
  const words = useWords();
  const reasons: Messages = words.reasons;
  return (
    <>
      <RadioGroup
        className={styles.goals}
        aria-labelledby="goal"
        value={value}
        onChange={(goal) => {
          const found = report.suggestions.find((one) => one.goal === goal);
          if (found) choose(found);
        }}
      >
        {report.suggestions.map(({ goal, title }) => {
          const [name, text] = words.goals[goal] ?? [title, ""];
          return (
            <Radio key={goal} value={goal} className={styles.goal ?? ""}>
              <GoalArt goal={goal} />
              <strong>{name}</strong>
              <span className="quiet small">{text}</span>
            </Radio>
          );
        })}
      </RadioGroup>
      {report.missing.length > 0 && (
        <details className={styles.missing}>
          <summary className="quiet">{words.notYet}</summary>
          <ul className="small">
            {report.missing.map(({ goal, title, reason }) => (
              <li key={goal}>
                {words.goals[goal]?.[0] ?? title}: {translated(reasons, reason.key, reason.params, reason.sentence)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

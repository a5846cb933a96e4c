import styles from "./run.module.css";

/** Nested settings as a list of names and values. */
export function SettingsTree({ value }: { value: Record<string, unknown> }) {
  return (
    <dl className={styles.tree}>
      {Object.entries(value).map(([name, each]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {each !== null && typeof each === "object" && !Array.isArray(each) ? (
              <SettingsTree value={each as Record<string, unknown>} />
            ) : (
              <code>{each === null ? "–" : Array.isArray(each) ? each.map(String).join(", ") : String(each)}</code>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

import styles from "./state.module.css";
import { useWords } from "./words";

/** Whether a run is running, finished, stopped or failed. */
export function State({ state }: { state: string }) {
  const words = useWords();
  return (
    <span className={styles.state} data-state={state}>
      {words.state[state] ?? state}
    </span>
  );
}

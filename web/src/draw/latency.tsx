import { useWords } from "../words/words";
import type { Result } from "./use-result";

/** How long an answer took. */
export function Latency({ result }: { result: Result }) {
  const words = useWords().draw;
  const whole = Math.round(result.milliseconds);
  const model = Number.isFinite(result.modelMilliseconds) ? result.modelMilliseconds : result.milliseconds;
  return (
    <span className="quiet small figures">
      {words.latency(model < 10 ? model.toFixed(1) : String(Math.round(model)), String(whole))}
    </span>
  );
}

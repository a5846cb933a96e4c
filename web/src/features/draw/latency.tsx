import type { Result } from "./use-result";
import { useWords } from "./words";

/** How long an answer took; in short, what of it the model took is said to who points at it. */
export function Latency({ result, short = false }: { result: Result; short?: boolean }) {
  const words = useWords();
  const whole = String(Math.round(result.milliseconds));
  const model = Number.isFinite(result.modelMilliseconds) ? result.modelMilliseconds : result.milliseconds;
  const full = words.latency(model < 10 ? model.toFixed(1) : String(Math.round(model)), whole);
  return (
    <span className="quiet small figures" {...(short ? { title: full } : {})}>
      {short ? `${whole} ms` : full}
    </span>
  );
}

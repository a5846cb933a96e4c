// What a run's status says about its speed and the time left, where that means something.
import type { Status } from "../api/types";
import { duration, figure } from "../i18n/numbers";
import { useLanguage, useWords } from "../i18n/provider";

/** All pictures were seen, and the model is being evaluated and written. */
const isFinishing = ({ state, progress }: Status) => state === "running" && (progress ?? 0) >= 1;

/** The speed of a run that is learning, such as "120 images/s"; null for any other. */
export function useSpeed(): (status: Status) => string | null {
  const { units } = useWords();
  return (status) => {
    const speed = status.images_per_second ?? 0;
    return status.state === "running" && speed > 0 && !isFinishing(status) ? `${figure(speed)} ${units.images}` : null;
  };
}

/** The time that a running training still needs, or what it does after its last picture; null where neither is known. */
export function useTimeLeft(): (status: Status) => string | null {
  const { language } = useLanguage();
  const { units, finishing } = useWords();
  return (status) => {
    if (status.state !== "running") return null;
    if (isFinishing(status)) return finishing;
    const seconds = status.eta_seconds ?? 0;
    return seconds > 0 ? units.left(duration(seconds, language)) : null;
  };
}

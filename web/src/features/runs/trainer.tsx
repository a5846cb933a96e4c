import type { RunCard } from "../../api/types";
import { moment } from "../../i18n/numbers";
import { useLanguage } from "../../i18n/provider";
import { useWords } from "./words";

/** Which process trains a run now; nothing where none does. */
export function Trainer({ status }: { status: RunCard["status"] }) {
  const { language } = useLanguage();
  const words = useWords();
  if (!status.trainer) return null;
  const { host, pid, started } = status.trainer;
  return <p className="quiet small">{words.trainer(host, pid, moment(started, language))}</p>;
}

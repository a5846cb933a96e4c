// A line in the frame while the studio does not answer; it asks until it does.
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { isLost, onConnectionChange } from "../api/connection";
import { healthQuery } from "../api/queries";
import { useWords } from "../i18n/provider";

const ASK_MILLISECONDS = 3000;

export const useLost = () => useSyncExternalStore(onConnectionChange, isLost);

export function Lost() {
  const lost = useLost();
  return <div aria-live="polite">{lost && <Asking />}</div>;
}

function Asking() {
  const words = useWords();
  useQuery({ ...healthQuery, refetchInterval: ASK_MILLISECONDS });
  return <p className="lost">{words.lost}</p>;
}

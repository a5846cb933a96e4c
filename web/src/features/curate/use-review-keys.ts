import { type RefObject, useEffect } from "react";
import { type Action, actionOf } from "./keys";

/** Calls the newest `act` for each key of the review. */
export function useReviewKeys(act: RefObject<(action: Action) => void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      act.current(action);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [act]);
}

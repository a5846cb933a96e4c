// Whether the studio answers, as the last request found it.

let lost = false;
const listeners = new Set<() => void>();

/** Notes that a request was answered, or that it was not. */
export function noteAnswer(answered: boolean): void {
  if (lost !== answered) return;
  lost = !answered;
  for (const listener of listeners) listener();
}

export const isLost = () => lost;

export function onConnectionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

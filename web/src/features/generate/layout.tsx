import type { ReactNode } from "react";
import type { Newest } from "../../api/use-newest";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { useWords } from "./words";

/** A tool: its settings at the side, what it makes on the stage; `stay`: on a phone the stage stays in sight above. */
export function ToolLayout({
  settings,
  stay = false,
  children,
}: {
  settings: ReactNode;
  stay?: boolean;
  children: ReactNode;
}) {
  const words = useWords();
  return (
    <div className="bench" data-stay={stay || undefined}>
      <section className="panel" aria-label={words.settings}>
        {settings}
      </section>
      <div className="stage-side">{children}</div>
    </div>
  );
}

/** What was made, with what went wrong above it, and a sign while a newer answer is on its way. */
export function Stage<T>({
  label,
  newest,
  children,
}: {
  label: string;
  newest: Newest<T>;
  children: (answer: T) => ReactNode;
}) {
  const { answer, error, busy, retry } = newest;
  return (
    <section className="stage" aria-label={label} aria-busy={busy}>
      {error !== undefined && <ProblemNote error={error} retry={retry} />}
      {answer === undefined && error === undefined && busy && <Waiting />}
      {answer !== undefined && (
        <div className="stage-made" data-stale={busy || undefined}>
          {children(answer)}
        </div>
      )}
    </section>
  );
}

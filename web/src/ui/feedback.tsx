// What the pages say while they load, when something fails, and when there is nothing yet.
import { type ReactNode, useState } from "react";
import { useErrorSentence } from "../i18n/errors";
import { useWords } from "../i18n/provider";
import { Button } from "./controls";
import { CheckIcon, CopyIcon, InfoIcon, WarningIcon } from "./icons";

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const words = useWords();
  const sentence = useErrorSentence();
  return (
    <div className="note note-error" role="alert">
      <WarningIcon />
      <div className="note-body">
        <strong>{words.problem}</strong>
        <p>{sentence(error)}</p>
      </div>
      {retry && <Button onPress={retry}>{words.retry}</Button>}
    </div>
  );
}

export function HealthNote({ level, sentence, children }: { level: string; sentence: string; children?: ReactNode }) {
  const words = useWords();
  return (
    <div className={`note note-${level}`}>
      {level === "info" ? <InfoIcon /> : <WarningIcon />}
      <div className="note-body">
        <strong>{words.levels[level] ?? level}</strong>
        <p>{sentence}</p>
        {children}
      </div>
    </div>
  );
}

export function Waiting() {
  const words = useWords();
  return (
    <div className="waiting" role="status">
      <span className="sr-only">{words.loading}</span>
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span aria-hidden="true" />
    </div>
  );
}

/** A page that could not be read: its title, and what went wrong. */
export function ProblemPage({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  return (
    <>
      <header className="page-head page-head-tight">
        <h1>{title}</h1>
      </header>
      <ProblemNote error={error} {...(retry ? { retry } : {})} />
    </>
  );
}

/** What is said where there is nothing yet; `alone`: nothing else is on the page, so that its title is the page's. */
export function Empty({ title, alone = false, children }: { title: string; alone?: boolean; children: ReactNode }) {
  const Title = alone ? "h1" : "h2";
  return (
    <section className="empty">
      <svg viewBox="0 0 160 120" className="empty-art" aria-hidden="true">
        <rect x="14" y="20" width="62" height="78" rx="8" />
        <rect x="84" y="34" width="62" height="64" rx="8" />
        <path d="M28 78c8-30 14 14 22-16s10 4 14-6" />
        <circle cx="103" cy="60" r="4" />
        <circle cx="127" cy="60" r="4" />
        <path d="M102 76c7 8 19 8 26 0" />
      </svg>
      <Title>{title}</Title>
      {children}
    </section>
  );
}

export function Command({ text }: { text: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  return (
    <div className="command">
      <code>{text}</code>
      <Button variant="bare" onPress={copy} aria-label={`${words.copy}: ${text}`}>
        {copied ? <CheckIcon /> : <CopyIcon />}
        <span aria-live="polite" className="sr-only">
          {copied ? words.copied : ""}
        </span>
      </Button>
    </div>
  );
}

export function Progress({ value, label }: { value: number; label: string }) {
  const share = Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0));
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <span style={{ width: `${share * 100}%` }} />
    </div>
  );
}

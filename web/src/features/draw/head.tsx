// The head of the page: which model answers, and where its answer is seen.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import { useSummary } from "../../i18n/summaries";
import { useModelTitle } from "../../i18n/titles";
import { Choice } from "../../ui/controls";
import { Select } from "../../ui/select";
import styles from "./head.module.css";
import { useWords } from "./words";

export type View = "beside" | "over";

export function DrawHead({ bundle, lead, children }: { bundle: BundleCard; lead: string; children?: ReactNode }) {
  const words = useWords();
  const summary = useSummary();
  const title = useModelTitle();
  return (
    <header className={`page-head page-head-tight ${styles.drawHead}`}>
      <div>
        <p className="eyebrow">{words.title}</p>
        <h1>{title(bundle)}</h1>
        <p>
          {summary(bundle)}. {lead}
        </p>
      </div>
      {children && <div className={styles.drawHeadChoices}>{children}</div>}
    </header>
  );
}

/** Other models that take the same drawing. */
export function ModelChoice({ bundle }: { bundle: BundleCard }) {
  const words = useWords();
  const title = useModelTitle();
  const [, navigate] = useLocation();
  const { data } = useQuery(bundlesQuery);
  const models = (data?.bundles ?? []).filter((one) => one.drawing_direction);
  if (models.length < 2 || !models.some((one) => one.id === bundle.id)) return null;
  return (
    <Select
      className={styles.modelChoice}
      label={words.model}
      hideLabel
      value={bundle.id}
      onChange={(id) => id !== bundle.id && navigate(`/draw/${encodeURIComponent(id)}`)}
      options={models.map((each) => ({
        id: each.id,
        name: title(each),
        detail: <span className="quiet small">{each.family}</span>,
      }))}
    />
  );
}

export function ViewChoice({ view, setView }: { view: View; setView: (view: View) => void }) {
  const words = useWords();
  return (
    <Choice
      label={words.view}
      hideLabel
      value={view}
      onChange={setView}
      options={[
        { value: "beside", text: words.beside },
        { value: "over", text: words.over },
      ]}
    />
  );
}

// The Montage page: pages of faces, picked and bred; then one face, its parts, and its file.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { can } from "../../api/bundles";
import { bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import type { PageProps } from "../../feature";
import { Command, Empty, ProblemPage, Waiting } from "../../ui/feedback";
import { Select } from "../../ui/select";
import { useTitle } from "../../ui/use-title";
import { Breeding } from "./breeding";
import { FaceRoom } from "./face-room";
import styles from "./page.module.css";
import { useRounds } from "./use-rounds";
import { useWords } from "./words";

export function MontagePage({ params: { bundle: id } }: PageProps) {
  const words = useWords();
  useTitle(words.title);
  const { data, error, refetch } = useQuery(bundlesQuery);
  if (!data) return error === null ? <Waiting /> : <ProblemPage title={words.title} error={error} retry={refetch} />;
  const models = data.bundles.filter((each) => can(each, "codes"));
  const model = id === undefined ? models[0] : models.find((each) => each.id === id);
  return (
    <>
      <header className="page-head page-head-tight">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      {model ? <Room key={model.id} model={model} models={models} /> : <NoModel />}
    </>
  );
}

function Room({ model, models }: { model: BundleCard; models: BundleCard[] }) {
  const words = useWords();
  const [, go] = useLocation();
  const rounds = useRounds();
  const [chosen, setChosen] = useState<string>();
  return (
    <div className={styles.room}>
      <div className={styles.notice}>
        {models.length > 1 && (
          <Select
            label={words.model}
            value={model.id}
            onChange={(id) => go(`/montage/${encodeURIComponent(id)}`)}
            options={models.map((each) => ({ id: each.id, name: each.name }))}
          />
        )}
        <p className="quiet small">{words.notice}</p>
      </div>
      {chosen === undefined ? (
        <Breeding bundle={model.id} rounds={rounds} finish={setChosen} />
      ) : (
        <FaceRoom
          bundle={model.id}
          face={chosen}
          round={rounds.page.round ?? 0}
          back={() => setChosen(undefined)}
          breed={(code) => {
            rounds.next([code]);
            setChosen(undefined);
          }}
        />
      )}
    </div>
  );
}

function NoModel() {
  const words = useWords();
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train sketch-portrait --data path/to/portraits" />
    </Empty>
  );
}

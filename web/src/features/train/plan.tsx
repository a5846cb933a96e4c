// How it is learned: the recipe, its size and time, what it begins from, every setting, and the start.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useLocation } from "wouter";
import { bundlesQuery, runsQuery } from "../../api/queries";
import { useRefreshTrainings, useTrainings } from "../../api/trainings";
import { translated } from "../../i18n/message";
import { count, duration } from "../../i18n/numbers";
import { useLanguage } from "../../i18n/provider";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { Select } from "../../ui/select";
import { Advanced } from "./advanced";
import {
  type Choice,
  type PictureSetDetail,
  type RecipeDetail,
  recipeQuery,
  type Suggestion,
  startTraining,
} from "./api";
import { type Changes, settingChanges, suggestedChanges } from "./changes";
import styles from "./plan.module.css";
import { useRecipeWords } from "./recipe-words";
import { useWords } from "./words";

type RecipeCard = Omit<RecipeDetail, "settings">;

export function Plan({
  set,
  choice,
  suggestion,
  recipes,
  choose,
}: {
  set: PictureSetDetail;
  choice: Choice;
  suggestion: Suggestion | undefined;
  recipes: readonly RecipeCard[];
  choose: (choice: Choice) => void;
}) {
  const words = useWords();
  const reasons: Readonly<Record<string, string>> = words.reasons;
  const said = suggestion?.reasons.map((one) => translated(reasons, one.key, one.params, one.sentence)) ?? [];
  const { about } = useRecipeWords();
  const options = recipes.map((recipe) => ({
    id: recipe.name,
    name: recipe.name === suggestion?.recipe ? `${recipe.name} (${words.suggested})` : recipe.name,
    detail: <span className="quiet small">{about(recipe)}</span>,
  }));
  return (
    <section className="section" aria-labelledby="how">
      <h2 id="how">{words.how}</h2>
      <div className={styles.plan}>
        <Select
          label={words.recipe}
          value={choice.recipe}
          onChange={(recipe) => choose({ goal: recipe === suggestion?.recipe ? choice.goal : "", recipe, sets: [] })}
          options={options}
        />
        {said.length > 0 && (
          <p className="quiet small">
            {words.because} {said.join(" · ")}
          </p>
        )}
        <Details key={choice.recipe} set={set} choice={choice} />
      </div>
    </section>
  );
}

function Details({ set, choice }: { set: PictureSetDetail; choice: Choice }) {
  const words = useWords();
  const { about } = useRecipeWords();
  const { data: recipe, error } = useQuery({ ...recipeQuery(choice.recipe), staleTime: Number.POSITIVE_INFINITY });
  const [changes, setChanges] = useState<Changes>(() => suggestedChanges(choice.sets));
  const [from, setFrom] = useState("");
  const [name, setName] = useState("");
  const bundles = useQuery(bundlesQuery).data?.bundles ?? [];
  const [, go] = useLocation();
  const refresh = useRefreshTrainings();
  const busy = useTrainings()?.trainings.some(({ state }) => state === "running" || state === "queued") ?? false;
  const start = useMutation({
    mutationFn: () =>
      startTraining({
        recipe: choice.recipe,
        data: set.name,
        name: name.trim() || null,
        sets: settingChanges(changes),
        start: from || null,
      }),
    onSuccess: async ({ run }) => {
      await refresh();
      go(`/runs/${encodeURIComponent(run)}`);
    },
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (!recipe) return null;
  const same = bundles.filter(({ family }) => family === recipe.family);
  return (
    <>
      <p>{about(recipe)}</p>
      <Facts recipe={recipe} changes={changes} />
      <div className={styles.fields}>
        {same.length > 0 && (
          <div>
            <Select
              label={words.begin}
              value={from}
              onChange={setFrom}
              options={[{ id: "", name: words.scratch }, ...same.map(({ id, name }) => ({ id, name }))]}
            />
            <p className="quiet small">{words.beginHelp}</p>
          </div>
        )}
        <TextField className="field" value={name} onChange={setName} maxLength={100}>
          <Label>{words.runName}</Label>
          <Input placeholder={`${choice.recipe}-${set.name}`} />
        </TextField>
      </div>
      <Advanced recipe={recipe} changes={changes} change={setChanges} />
      {start.error !== null && <ProblemNote error={start.error} />}
      <div className={styles.start}>
        <Button variant="solid" isDisabled={start.isPending} onPress={() => start.mutate()}>
          {busy ? words.startQueued : words.start}
        </Button>
        {busy && <p className="quiet small">{words.another}</p>}
      </div>
    </>
  );
}

/** The size, the length and the time, with the changes. */
function Facts({ recipe, changes }: { recipe: RecipeDetail; changes: Changes }) {
  const words = useWords();
  const { language } = useLanguage();
  const runs = useQuery(runsQuery).data ?? [];
  const kimg = Number(changes["train.kimg"] ?? recipe.kimg);
  const bars = Number(changes["data.roll.bars"] ?? recipe.bars);
  const side = Number(changes["data.resolution"] ?? recipe.resolution);
  const earlier = runs.find(({ status }) => status.recipe === recipe.name && status.images_per_second);
  const speed = earlier?.status.images_per_second;
  const facts: [string, string][] = [
    recipe.bars === null ? [words.size, words.px(side)] : [words.phrase, words.bars(bars)],
    [words.length, recipe.bars === null ? words.lengthOf(count(kimg * 1000)) : words.phrases(count(kimg * 1000))],
    [words.time, speed ? words.timeFrom(duration((kimg * 1000) / speed, language)) : words.timeUnknown],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="figures">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

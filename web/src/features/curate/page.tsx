// The Curate page: which round, who reviews, and then the pictures or what came of them.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link, Redirect } from "wouter";
import { healthQuery, polled, useSession } from "../../api/queries";
import type { PageProps } from "../../feature";
import { Button } from "../../ui/controls";
import { Command, Empty, ProblemPage, Waiting } from "../../ui/feedback";
import { MissingPage } from "../../ui/missing-page";
import { useTitle } from "../../ui/use-title";
import { type ReviewState, readReview } from "./api";
import { ReviewLayout } from "./layout";
import layoutStyles from "./layout.module.css";
import { MutationQueue, SILENT } from "./mutation-queue";
import styles from "./page.module.css";
import { NextRound, Results } from "./results";
import { knownReviewer, Who } from "./who";
import { useWords } from "./words";

const POLL_SECONDS = 10;

/** The catalogue's state; null when no catalogue is open. */
const stateQuery = queryOptions<ReviewState | null>({
  queryKey: ["review"],
  queryFn: async ({ client, signal }) => ((await client.fetchQuery(healthQuery)).catalogue ? readReview(signal) : null),
  ...polled(POLL_SECONDS),
});

export function CuratePage({ params: { round, part } }: PageProps) {
  const words = useWords();
  useTitle(words.title);
  const { data, error, refetch } = useQuery(stateQuery);
  if (data === undefined)
    return error === null ? <Waiting /> : <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (data === null)
    return (
      <Empty alone title={words.noCatalogue}>
        <p>{words.noCatalogueText}</p>
        <Command text="ganvas review catalogue" />
      </Empty>
    );
  const last = data.rounds.at(-1)?.number;
  if (last === undefined)
    return (
      <div className={styles.first}>
        <header className="page-head">
          <h1>{words.noRound}</h1>
          <p>{words.noRoundText}</p>
        </header>
        <NextRound state={data} reload={refetch} />
      </div>
    );
  if (round === undefined) return <Redirect to={`/review/${last}`} replace />;
  const number = Number(round);
  if (!data.rounds.some((one) => one.number === number)) {
    // A round begun a moment ago is not in what was read before.
    return /^[1-9]\d*$/.test(round) && number === last + 1 ? <Waiting /> : <MissingPage />;
  }
  return <Round state={data} number={number} part={part ?? "desk"} reload={refetch} />;
}

function Round({
  state,
  number,
  part,
  reload,
}: {
  state: ReviewState;
  number: number;
  part: string;
  reload: () => void;
}) {
  const words = useWords();
  const session = useSession();
  const [reviewer, setReviewer] = useState(() => knownReviewer(state.reviewer, session));
  const [asks, setAsks] = useState(false);
  // Two catalogues may have one name, but did not begin at the same moment.
  const catalogue = `${state.catalogue}/${state.rounds[0]?.opened ?? ""}`;
  const mutations = useMemo(() => new MutationQueue(catalogue), [catalogue]);
  const last = state.rounds.at(-1)?.number ?? number;
  const results = part === "results";
  const asking = !results && (asks || reviewer === null);
  // What was said on the desk a moment ago is sent from here, too.
  const sends = results || asking;
  useEffect(() => (sends ? mutations.start(SILENT) : undefined), [sends, mutations]);
  if (!["desk", "skipped", "results"].includes(part)) return <MissingPage />;
  return (
    <>
      <header className={styles.head} data-testid="round">
        <h1>{words.title}</h1>
        <p className="quiet">{state.catalogue}</p>
        {reviewer !== null && !results && !asking && (
          <Button variant="bare" aria-label={`${words.as(reviewer)}: ${words.change}`} onPress={() => setAsks(true)}>
            {words.as(reviewer)}
          </Button>
        )}
        <span className="spring" />
        {state.rounds.length > 1 && (
          <nav className={styles.tabs} aria-label={words.rounds}>
            {state.rounds.map((one) => (
              <Link
                key={one.number}
                href={`/review/${one.number}${one.closed ? "/results" : ""}`}
                aria-current={one.number === number ? "page" : undefined}
              >
                {words.round(one.number)}
              </Link>
            ))}
          </nav>
        )}
        <nav className={styles.tabs} aria-label={words.parts}>
          <Link href={`/review/${number}`} aria-current={results ? undefined : "page"}>
            {words.desk}
          </Link>
          <Link href={`/review/${number}/results`} aria-current={results ? "page" : undefined}>
            {words.results}
          </Link>
        </nav>
      </header>
      {!results && number !== last && (
        <p className={layoutStyles.above}>
          {words.closed(number)} <Link href={`/review/${last}`}>{words.toLatest(last)}</Link>
        </p>
      )}
      {results ? (
        <Results state={state} round={number} reload={reload} />
      ) : asking ? (
        <Who
          before={reviewer ?? ""}
          begin={(name) => {
            setReviewer(name);
            setAsks(false);
          }}
        />
      ) : (
        <ReviewLayout
          key={`${catalogue}/${number}/${reviewer}/${part}`}
          catalogue={catalogue}
          round={number}
          reviewer={reviewer ?? ""}
          source={part === "skipped" ? "skipped" : "waiting"}
          mutations={mutations}
          reasons={state.reasons}
          descriptions={state.checks}
        />
      )}
    </>
  );
}

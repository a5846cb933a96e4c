// What came of a round: how far everybody is, how far they agree, what changed, and what is disputed.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { polled } from "../../api/queries";
import { rooted } from "../../api/root";
import { Button, Choice, Slider } from "../../ui/controls";
import { ProblemNote, Progress, Waiting } from "../../ui/feedback";
import {
  type Agreement,
  openRound,
  type Result,
  type ReviewState,
  type RoundDetail,
  readAgreement,
  readRound,
  type Scope,
} from "./api";
import factsStyles from "./facts.module.css";
import styles from "./results.module.css";
import { useWords } from "./words";

const POLL_SECONDS = 4;
const SHOWN = 24; // disputed pictures
const SCOPES: Scope[] = ["not_dropped", "all", "kept", "dropped", "disputed", "undecided"];
const count = (value: number) => value.toLocaleString("en");
const twoPlaces = (kappa: number) => kappa.toFixed(2).replace("-", "−");

export function Results({ state, round, reload }: { state: ReviewState; round: number; reload: () => void }) {
  const detail = useQuery({
    queryKey: ["review", round],
    queryFn: ({ signal }) => readRound(round, signal),
    ...polled(POLL_SECONDS),
  });
  const agreement = useQuery({
    queryKey: ["review", round, "agreement"],
    queryFn: ({ signal }) => readAgreement(round, signal),
    ...polled(POLL_SECONDS),
  });
  const error = detail.error ?? agreement.error;
  if (!detail.data || !agreement.data)
    return error === null ? <Waiting /> : <ProblemNote error={error} retry={detail.refetch} />;
  return (
    <div className={styles.results}>
      <HowFar round={detail.data} />
      <Agree agreement={agreement.data} />
      <Changed round={detail.data} />
      <Disputes agreement={agreement.data} open={state.counts.disputed} reload={reload} />
      <NextRound state={state} reload={reload} />
    </div>
  );
}

function HowFar({ round }: { round: RoundDetail }) {
  const words = useWords();
  return (
    <section aria-labelledby="review-far">
      <h2 id="review-far">{words.howFar}</h2>
      <p>
        {words.settled(count(round.settled), count(round.pictures))}{" "}
        {round.shared > 0 && words.sharedCount(count(round.shared))}
      </p>
      <ul className={styles.people}>
        {round.progress.map((one) => {
          const done = one.kept + one.dropped + one.skipped;
          return (
            <li key={one.reviewer}>
              <strong>{one.reviewer}</strong>
              <Progress
                value={done + one.waiting ? done / (done + one.waiting) : 1}
                label={`${words.progress}: ${one.reviewer}`}
              />
              <span className="quiet small figures">
                {words.kept(count(one.kept))} · {words.dropped(count(one.dropped))} ·{" "}
                {words.skipped(count(one.skipped))} · {words.left(count(one.waiting))}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function sayingOf(kappa: number, says: ReturnType<typeof useWords>["kappaSays"]): string {
  if (kappa < 0) return says.worse;
  if (kappa < 0.4) return says.poor;
  if (kappa < 0.6) return says.fair;
  return kappa < 0.8 ? says.good : says.high;
}

function Agree({ agreement }: { agreement: Agreement }) {
  const words = useWords();
  const { kappa, pairs } = agreement;
  return (
    <section aria-labelledby="review-agree">
      <h2 id="review-agree">{words.agreement}</h2>
      {agreement.pictures === 0 ? (
        <p>{words.noPairs}</p>
      ) : (
        <>
          <p>{words.sameOf(count(agreement.same), count(agreement.pictures))}</p>
          {kappa === null ? (
            <p>{words.noKappa}</p>
          ) : (
            <div className={styles.kappa}>
              <p>
                <span className="quiet small">{words.kappaOf[agreement.method]}</span>
                <strong className="figures">{twoPlaces(kappa)}</strong>
              </p>
              <div>
                <p>{sayingOf(kappa, words.kappaSays)}</p>
                <p className="quiet small">{words.kappaMeans}</p>
              </div>
            </div>
          )}
          {pairs.length > 1 && (
            <ul className={`${styles.pairs} figures small`}>
              {pairs.map((pair) => (
                <li key={`${pair.a}/${pair.b}`}>
                  <span>
                    {pair.a} · {pair.b}
                  </span>
                  <span className="quiet">
                    {pair.same} / {pair.pictures}
                  </span>
                  <span>κ {pair.kappa === null ? "–" : twoPlaces(pair.kappa)}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}

function Changed({ round }: { round: RoundDetail }) {
  const words = useWords();
  const name = (state: Result) => words.states[state ?? "none"];
  const most = Math.max(1, ...round.changes.map((change) => change.pictures));
  return (
    <section aria-labelledby="review-changed">
      <h2 id="review-changed">{words.changes}</h2>
      {round.changes.length === 0 && <p>{words.noChanges}</p>}
      <ul className={styles.changes}>
        {round.changes.map((change) => (
          <li key={`${change.before}/${change.after}`}>
            <span>
              {change.before === change.after
                ? words.unchanged(name(change.after))
                : words.fromTo(name(change.before), name(change.after))}
            </span>
            <span className="figures">{count(change.pictures)}</span>
            <span className={factsStyles.changeBar} data-after={change.after ?? "none"} aria-hidden="true">
              <span style={{ transform: `scaleX(${change.pictures / most})` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Begins a round and goes there. */
function useBegin(reload: () => void) {
  const [, go] = useLocation();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const begin = async (scope: Scope, overlap: number) => {
    setBusy(true);
    setError(undefined);
    try {
      const round = await openRound(scope, overlap);
      reload();
      go(`/review/${round.number}`);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return { begin, busy, error };
}

function Disputes({ agreement, open, reload }: { agreement: Agreement; open: number; reload: () => void }) {
  const words = useWords();
  const { begin, busy, error } = useBegin(reload);
  const differ = agreement.disputed;
  return (
    <section aria-labelledby="review-disputes">
      <h2 id="review-disputes">{words.disputes}</h2>
      <p>{differ.length ? words.differ(differ.length) : words.noDisputes}</p>
      {differ.length > 0 && (
        <ul className={styles.disputed}>
          {differ.slice(0, SHOWN).map((id) => (
            <li key={id}>
              <img src={rooted(`/v1/pictures/${id}/thumbnail?size=256`)} alt="" loading="lazy" decoding="async" />
            </li>
          ))}
        </ul>
      )}
      {differ.length > SHOWN && <p className="quiet small">{words.moreDisputes(differ.length - SHOWN)}</p>}
      {open > 0 && (
        <div className={styles.row}>
          <p>{words.openDisputes(open)}</p>
          <Button variant="solid" isDisabled={busy} onPress={() => void begin("disputed", 0)}>
            {words.settle(open)}
          </Button>
        </div>
      )}
      {error !== undefined && <ProblemNote error={error} />}
    </section>
  );
}

export function NextRound({ state, reload }: { state: ReviewState; reload: () => void }) {
  const words = useWords();
  const { begin, busy, error } = useBegin(reload);
  const last = state.rounds.at(-1)?.number ?? 0;
  const [scope, setScope] = useState<Scope>(last ? "not_dropped" : "all");
  const [overlap, setOverlap] = useState(0.1);
  const { counts } = state;
  const sizes: Record<Scope, number> = {
    all: counts.images,
    not_dropped: counts.images - counts.drop,
    kept: counts.keep,
    dropped: counts.drop,
    disputed: counts.disputed,
    undecided: counts.undecided,
  };
  return (
    <section aria-labelledby="review-next" className={styles.next}>
      <h2 id="review-next">{words.nextRound}</h2>
      <p className="quiet">{words.nextRoundHelp}</p>
      <Choice
        label={words.scope}
        value={scope}
        onChange={setScope}
        options={SCOPES.map((one) => ({
          value: one,
          text: (
            <span>
              {words.scopes[one]} <span className="quiet figures">{count(sizes[one])}</span>
            </span>
          ),
        }))}
      />
      <Slider
        label={words.overlap}
        value={overlap}
        onChange={setOverlap}
        minValue={0}
        maxValue={1}
        step={0.05}
        format={(value) => `${Math.round(value * 100)} %`}
      />
      <Button variant="soft" isDisabled={busy || sizes[scope] === 0} onPress={() => void begin(scope, overlap)}>
        {words.beginRound(last + 1)}
      </Button>
      {error !== undefined && <ProblemNote error={error} />}
    </section>
  );
}

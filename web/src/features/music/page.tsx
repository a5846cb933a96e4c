import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { bundleAddress } from "../../api/bundles";
import { bundleQuery, bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import type { PageProps } from "../../feature";
import { figure } from "../../i18n/numbers";
import { useSummary } from "../../i18n/summaries";
import { Command, Empty, ProblemNote, Waiting } from "../../ui/feedback";
import { Select } from "../../ui/select";
import { useTitle } from "../../ui/use-title";
import { accompany, compose, readFormat } from "./api";
import { type Compose, Composer } from "./composer";
import styles from "./page.module.css";
import { useWords } from "./words";

export function MusicPage({ params: { bundle: id } }: PageProps) {
  const words = useWords();
  const summary = useSummary();
  const known = useQuery(bundlesQuery);
  const bundles = known.data?.bundles.filter(({ page }) => page === "music");
  const bundle = id === undefined ? bundles?.[0] : bundles?.find((each) => each.id === id);
  useTitle(bundle ? `${words.title}: ${bundle.name}` : words.title);
  if (!bundles) {
    return known.error === null ? <Waiting /> : <ProblemNote error={known.error} retry={known.refetch} />;
  }
  if (!bundle) return id === undefined ? <NoModel /> : <Other id={id} />;
  return (
    <>
      <div className={styles.top}>
        <header className="page-head page-head-tight">
          <p className="eyebrow">{words.title}</p>
          <h1>{bundle.name}</h1>
          <p>
            {summary(bundle)}. {words.lead}
          </p>
        </header>
        {bundles.length > 1 && <ModelChoice bundle={bundle} bundles={bundles} />}
      </div>
      <Model key={bundle.id} bundle={bundle} />
    </>
  );
}

function Model({ bundle }: { bundle: BundleCard }) {
  const words = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ["bundles", bundle.id, "music"],
    queryFn: ({ signal }) => readFormat(bundle.id, signal),
  });
  if (error !== null && !data) return <ProblemNote error={error} retry={refetch} />;
  if (!data) return <Waiting />;
  const made: Compose = ({ seed, last, phrases, threshold, given }, signal) => {
    const seeds = last === null ? [seed] : [seed, last];
    return given
      ? accompany(bundle.id, given, seed, threshold, signal)
      : compose(bundle.id, { seeds, phrases, threshold, draw: false }, signal);
  };
  return (
    <Composer id={bundle.id} format={data} compose={made} took={(milliseconds) => words.took(figure(milliseconds))} />
  );
}

function ModelChoice({ bundle, bundles }: { bundle: BundleCard; bundles: BundleCard[] }) {
  const words = useWords();
  const [, go] = useLocation();
  const options = bundles.map((each) => ({ id: bundleAddress(each), name: each.name }));
  return <Select label={words.model} value={bundleAddress(bundle)} onChange={go} options={options} />;
}

/** An address that names no model of this page: another's, or none at all. */
function Other({ id }: { id: string }) {
  const words = useWords();
  const { data: bundle, error, refetch } = useQuery(bundleQuery(id));
  if (error !== null && !bundle) return <ProblemNote error={error} retry={refetch} />;
  if (!bundle) return <Waiting />;
  return (
    <div className="note note-info">
      <p className="note-body">{words.wrongKind(bundle.name)}</p>
      <Link href={bundleAddress(bundle)} className="button button-solid">
        {words.open}
      </Link>
    </div>
  );
}

function NoModel() {
  const words = useWords();
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train musegan-quick --data path/to/music" />
    </Empty>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { bundleAddress } from "../../api/bundles";
import { takeGiven } from "../../api/handover";
import { lastUsed, useRemembered } from "../../api/last-model";
import { bundleQuery, bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import type { PageProps } from "../../feature";
import { useSummary } from "../../i18n/summaries";
import { useModelTitle } from "../../i18n/titles";
import { Command, Empty, ProblemPage, Waiting } from "../../ui/feedback";
import { InfoIcon } from "../../ui/icons";
import { OtherPage } from "../../ui/other-page";
import { Select } from "../../ui/select";
import { useTitle } from "../../ui/use-title";
import besideStyles from "./beside.module.css";
import { needsFace } from "./domains";
import { Intake, useArrivals } from "./intake";
import { MakeUp } from "./makeup";
import { Consent } from "./makeup-limits";
import styles from "./page.module.css";
import { MOST_PICTURES, MOST_REFERENCES, type Picture, type Table, useTable } from "./pictures";
import { Translator } from "./translator";
import { useWords } from "./words";

const MOST_BYTES = 20_000_000; // of an upload
const MAKE_UP = "make-up"; // in the query: a model may have any name

export function TranslatePage({ params: { bundle: id } }: PageProps) {
  const words = useWords();
  const summary = useSummary();
  const title = useModelTitle();
  const known = useQuery(bundlesQuery);
  const bundles = known.data?.bundles.filter(({ page }) => page === "translate");
  const makesUp = useSearchParams()[0].has(MAKE_UP);
  const first = makesUp || !bundles ? undefined : lastUsed("translate", bundles);
  const listed = id === undefined ? first : bundles?.find((each) => each.id === id);
  const { makeUp } = words;
  const name = listed ? title(listed) : makeUp.name;
  useRemembered("translate", listed);
  useTitle(bundles ? `${words.title}: ${name}` : words.title);
  // Pictures outlive a change of the model.
  const table = useTable(MOST_PICTURES);
  const references = useTable(MOST_REFERENCES);
  if (!bundles) {
    return known.error === null ? (
      <Waiting />
    ) : (
      <ProblemPage title={words.title} error={known.error} retry={known.refetch} />
    );
  }
  if (!listed && id !== undefined) return <Other id={id} />;
  return (
    <>
      <div className={styles.top}>
        <header className="page-head page-head-tight">
          <p className="eyebrow">{words.title}</p>
          <h1>{name}</h1>
          <p>
            {listed ? `${summary(listed)}.` : makeUp.lead} {words.stays}
          </p>
        </header>
        <ModelChoice bundle={listed} bundles={bundles} />
      </div>
      <Room key={addressIn(listed)} bundle={listed} table={table} references={references} />
      {bundles.length === 0 && !table.chosen && <NoModel />}
    </>
  );
}

/** Where a model is found on this page, or making up, which needs none. */
const addressIn = (bundle: BundleCard | undefined) => (bundle ? bundleAddress(bundle) : `/translate?${MAKE_UP}`);

function Room({ bundle, table, references }: { bundle: BundleCard | undefined; table: Table; references: Table }) {
  const words = useWords();
  const [told, setTold] = useState<string[]>([]);
  const [agreed, setAgreed] = useState(false);

  const taken = (into: Table, most: number, files: Blob[]): Picture[] => {
    const fit = files.filter((file) => file.size <= MOST_BYTES);
    const said = files
      .filter((file) => file.size > MOST_BYTES)
      .map((file) => words.tooLarge(file instanceof File ? file.name : ""));
    if (into.pictures.length + fit.length > most) said.push(words.onlySo(most));
    setTold(said);
    return into.add(fit);
  };
  const add = (files: Blob[]) => void taken(table, MOST_PICTURES, files);
  const addReferences = (files: Blob[]) => taken(references, MOST_REFERENCES, files);
  const over = useArrivals(add);
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const given = takeGiven(); // a picture from another page
    if (given) latest.current([given]);
  }, []);
  const waits = !bundle && !agreed; // for consent, before any face is sent
  const faceNote = bundle ? (needsFace(bundle) ? words.faceNeeded : undefined) : words.makeUp.face;
  return (
    <div className={besideStyles.room} data-over={over || undefined}>
      {told.map((sentence) => (
        <div key={sentence} className="note note-warning" role="alert">
          <InfoIcon />
          <p className="note-body">{sentence}</p>
        </div>
      ))}
      {waits && <Consent agreed={agreed} agree={setAgreed} />}
      {waits ? null : !table.chosen ? (
        <Intake add={add} over={over} note={faceNote} />
      ) : bundle ? (
        <Translator bundle={bundle} table={table} references={references} add={add} addReferences={addReferences} />
      ) : (
        <MakeUp table={table} references={references} add={add} addReferences={addReferences} />
      )}
    </div>
  );
}

function ModelChoice({ bundle, bundles }: { bundle: BundleCard | undefined; bundles: BundleCard[] }) {
  const words = useWords();
  const summary = useSummary();
  const title = useModelTitle();
  const { makeUp, model, modelHelp } = words;
  const [, go] = useLocation();
  if (bundles.length === 0) return null;
  const detail = (text: string) => <span className={`quiet small ${styles.kind}`}>{text}</span>;
  const models = bundles.map((each) => ({
    id: addressIn(each),
    name: title(each),
    detail: detail(`${summary(each)} · ${modelHelp(each.family, each.resolution)}`),
  }));
  return (
    <Select
      className="field"
      label={model}
      value={addressIn(bundle)}
      onChange={go}
      options={[...models, { id: addressIn(undefined), name: makeUp.name, detail: detail(makeUp.kind) }]}
    />
  );
}

/** An address that names no model of this page: another's, or none at all. */
function Other({ id }: { id: string }) {
  const words = useWords();
  const title = useModelTitle();
  const { data: bundle, error, refetch } = useQuery(bundleQuery(id));
  if (error !== null && !bundle) return <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (!bundle) return <Waiting />;
  return <OtherPage bundle={bundle} text={words.wrongKind(title(bundle))} open={words.open} />;
}

function NoModel() {
  const words = useWords();
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train ugatit-light-64 --data path/to/folders" />
      <p className="quiet">{words.emptyReference}</p>
      <Command text="ganvas train starganv2-128-small --data path/to/folders" />
      <p className="quiet">{words.emptyPaired}</p>
      <Command text="ganvas train colourise-64 --data path/to/pictures" />
      <Command text="ganvas train super-resolution-x4-small --data path/to/pictures" />
    </Empty>
  );
}

// The Look-alike page: consent, a face, and the people of a gallery whom it resembles.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useNewest } from "../../api/use-newest";
import type { PageProps } from "../../feature";
import { Button, Slider } from "../../ui/controls";
import { Command, Empty, ProblemNote, ProblemPage, Waiting } from "../../ui/feedback";
import { Select } from "../../ui/select";
import { useTitle } from "../../ui/use-title";
import { findLookalikes, type Gallery, galleriesQuery } from "./api";
import { Intake } from "./intake";
import { Method } from "./method";
import styles from "./page.module.css";
import { Result } from "./result";
import resultStyles from "./result.module.css";
import { useWords } from "./words";

export function LookalikePage({ params: { gallery: id } }: PageProps) {
  const words = useWords();
  useTitle(words.title);
  const { data: galleries, error, refetch } = useQuery(galleriesQuery);
  const gallery = id === undefined ? galleries?.[0] : galleries?.find((each) => each.id === id);
  if (!galleries) {
    return error === null ? <Waiting /> : <ProblemPage title={words.title} error={error} retry={refetch} />;
  }
  return (
    <>
      <header className="page-head page-head-tight">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      {gallery ? (
        <Room key={gallery.id} gallery={gallery} galleries={galleries} />
      ) : galleries.length > 0 && id !== undefined ? (
        <ProblemNote error={new Error(words.unknown(id))} />
      ) : (
        <NoGallery />
      )}
      <Method />
    </>
  );
}

function Room({ gallery, galleries }: { gallery: Gallery; galleries: Gallery[] }) {
  const words = useWords();
  const [agreed, setAgreed] = useState(false);
  const [picture, setPicture] = useState<{ file: Blob; number: number }>();
  const [weight, setWeight] = useState(0.3);
  const take = (file: Blob) => setPicture((old) => ({ file, number: (old?.number ?? 0) + 1 }));
  const { answer, error, busy, retry } = useNewest(
    picture ? JSON.stringify([picture.number, weight]) : null,
    (signal) => findLookalikes(gallery.id, (picture as { file: Blob }).file, weight, signal),
    150,
  );
  return (
    <div className={styles.room}>
      <div className={styles.side}>
        <About gallery={gallery} galleries={galleries} />
        {picture && (
          <>
            <Shown file={picture.file} />
            <Button onPress={() => setPicture(undefined)}>{words.another}</Button>
            <div>
              <Slider
                label={words.weight}
                value={weight}
                onChange={(next) => setWeight(Math.round(next * 100) / 100)}
                minValue={0}
                maxValue={1}
                step={0.1}
                format={words.weightFormat}
              />
              <p className="quiet small">{words.weightHelp}</p>
            </div>
          </>
        )}
      </div>
      <div className={styles.stage}>
        {!picture && <Intake agreed={agreed} agree={setAgreed} take={take} />}
        {error !== undefined && <ProblemNote error={error} retry={retry} />}
        {picture && busy && !answer && (
          <p role="status" className="quiet">
            {words.comparing}
          </p>
        )}
        {picture && answer && error === undefined && (
          <section aria-label={words.results} aria-busy={busy} className="stage-made" data-stale={busy || undefined}>
            <h2>{words.results}</h2>
            <ol className={resultStyles.results}>
              {answer.matches.map((match, index) => (
                <Result
                  key={match.person}
                  gallery={gallery.id}
                  pictures={gallery.has_pictures}
                  answer={answer}
                  match={match}
                  place={index + 1}
                />
              ))}
            </ol>
            <div className={`quiet small ${styles.remarks}`}>
              {answer.left_out > 0 && <p>{words.leftOut(answer.left_out)}</p>}
              {answer.nearer_rivals !== null && <p>{words.rivals(answer.nearer_rivals)}</p>}
              <p>{words.claim}</p>
            </div>
          </section>
        )}
      </div>
    </div>
  );
}

/** The picture as it was given; it stays in the browser, apart from being sent to be compared. */
function Shown({ file }: { file: Blob }) {
  const words = useWords();
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address ? <img className={styles.shown} src={address} alt={words.yours} /> : null;
}

function About({ gallery, galleries }: { gallery: Gallery; galleries: Gallery[] }) {
  const words = useWords();
  const [, go] = useLocation();
  const { name, people, consent, sources, delete_after } = gallery;
  return (
    <section className={styles.about} aria-label={words.gallery}>
      {galleries.length > 1 ? (
        <Select
          label={words.gallery}
          value={gallery.id}
          onChange={(id) => go(`/lookalike/${encodeURIComponent(id)}`)}
          options={galleries.map((each) => ({ id: each.id, name: each.name }))}
        />
      ) : (
        <>
          <p className="quiet small">{words.gallery}</p>
          <h2>{name}</h2>
        </>
      )}
      <p className="small">{words.galleryFacts(people)}</p>
      <p className="quiet small">{consent}</p>
      {sources.length > 0 && (
        <p className="quiet small">
          {words.from}: {sources.slice(0, 3).join("; ")}
          {sources.length > 3 && " …"}
        </p>
      )}
      {delete_after && <p className="quiet small">{words.deleteAfter(delete_after)}</p>}
    </section>
  );
}

function NoGallery() {
  const words = useWords();
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas lookalike build path/to/people --consent 'all members of the team, in writing'" />
      <p className="quiet">{words.emptyAfter}</p>
      <Command text="ganvas collect --collection us-congress --catalog congress" />
      <Command text="ganvas curate congress" />
      <Command text="ganvas lookalike build congress --consent 'official portraits in the public domain'" />
    </Empty>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { takeGiven } from "../../api/handover";
import { lastUsed, useRemembered } from "../../api/last-model";
import { bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import { Command, Empty, ProblemPage, Waiting } from "../../ui/feedback";
import { useTitle } from "../../ui/use-title";
import { type Kit, readKit } from "./api";
import { Desk } from "./desk";
import { PhotoIntake } from "./photo";
import { draws } from "./style";
import { useWords } from "./words";

const FIRST = "pencil-256"; // the style that ships with the package

export function CardPage() {
  const words = useWords();
  useTitle(words.title);
  const known = useQuery(bundlesQuery);
  const kit = useQuery({
    queryKey: ["card"],
    queryFn: ({ signal }) => readKit(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const error = known.error ?? kit.error;
  if (error !== null) return <ProblemPage title={words.title} error={error} retry={() => void kit.refetch()} />;
  if (!known.data || !kit.data) return <Waiting />;
  const bundles = known.data.bundles.filter(draws);
  const first = bundles.find(({ id }) => id === FIRST);
  return <Room kit={kit.data} bundles={first ? [first, ...bundles.filter((each) => each !== first)] : bundles} />;
}

function Room({ kit, bundles }: { kit: Kit; bundles: BundleCard[] }) {
  const words = useWords();
  const [photo, setPhoto] = useState<{ id: number; file: Blob }>();
  useEffect(() => {
    const given = takeGiven(); // a picture from another page
    if (given) setPhoto({ id: 0, file: given });
  }, []);
  const last = lastUsed("card", bundles);
  const [chosen, setChosen] = useState(last?.id);
  const bundle = bundles.find(({ id }) => id === chosen) ?? last;
  useRemembered("card", bundle);
  const take = (file: Blob) => setPhoto((before) => ({ id: (before?.id ?? 0) + 1, file }));
  return (
    <>
      <header className="page-head page-head-tight">
        <h1>{words.title}</h1>
        <p>
          {words.lead} {words.stays}
        </p>
      </header>
      {!bundle ? (
        <Empty title={words.noModel}>
          <p>{words.noModelText}</p>
          <Command text="ganvas train ugatit-light-64 --data path/to/folders" />
        </Empty>
      ) : photo ? (
        <Desk
          kit={kit}
          bundles={bundles}
          bundle={bundle}
          choose={setChosen}
          photo={photo}
          another={() => setPhoto(undefined)}
        />
      ) : (
        <PhotoIntake take={take} />
      )}
    </>
  );
}

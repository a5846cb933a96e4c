// The Opinion page: studies, the questions of one, and its results.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { PageProps } from "../../feature";
import { Empty, ProblemNote, ProblemPage, Waiting } from "../../ui/feedback";
import { MissingPage } from "../../ui/missing-page";
import { useTitle } from "../../ui/use-title";
import { studiesQuery } from "./api";
import { ResultsTable } from "./results";
import { Session } from "./session";
import { Studies } from "./studies";
import { useWords } from "./words";

export function OpinionPage({ params: { study: id, part } }: PageProps) {
  const words = useWords();
  useTitle(words.title);
  const { data: studies, error, refetch } = useQuery(studiesQuery);
  if (!studies) return error === null ? <Waiting /> : <ProblemPage title={words.title} error={error} retry={refetch} />;
  const study = studies.find((each) => each.id === id);
  if (id === undefined) return <Studies studies={studies} reload={refetch} />;
  if (part !== undefined && part !== "results") return <MissingPage />;
  if (!study)
    return (
      <Empty alone title={words.unknown}>
        <p>{words.unknownText}</p>
        <Link href="/opinion">{words.allStudies}</Link>
      </Empty>
    );
  if (part === "results") return <ResultsTable study={study} />;
  if (study.state !== "open")
    return (
      <>
        <header className="page-head">
          <h1>{study.title}</h1>
        </header>
        <ProblemNote error={new Error(words.notOpen)} />
        <Link href="/opinion">{words.allStudies}</Link>
      </>
    );
  return <Session key={study.id} study={study} />;
}

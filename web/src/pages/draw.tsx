import { Link } from "wouter";
import { readBundle } from "../api/client";
import { useResource } from "../api/use-resource";
import { ProblemNote, Waiting } from "../parts/feedback";
import { useTitle } from "../parts/title";
import { useWords } from "../words/words";
import { Compare } from "./draw-compare";
import { Studio } from "./draw-studio";
import { pageOf, taskInWords } from "./tasks";

export function DrawPage({ id }: { id: string }) {
  const words = useWords();
  const { data: bundle, error, retry } = useResource(`bundle/${id}`, (signal) => readBundle(id, signal));
  useTitle(bundle ? `${words.draw.title}: ${bundle.name}` : words.draw.title);
  if (error !== undefined && !bundle) return <ProblemNote error={error} retry={retry} />;
  if (!bundle) return <Waiting />;
  if (pageOf(bundle) !== "draw") {
    return (
      <div className="note note-info">
        <p className="note-body">{words.draw.notPaired}</p>
        <Link href={`/generate/${encodeURIComponent(id)}`} className="press press-solid">
          {words.draw.openGenerate}
        </Link>
      </div>
    );
  }
  const draws = bundle.degradation === "sketch" || bundle.degradation === "mask";
  const lead = { sketch: words.draw.leadSketch, mask: words.draw.leadMask }[bundle.degradation ?? ""];
  return (
    <>
      <header className="page-head page-head-tight">
        <p className="eyebrow">{words.draw.title}</p>
        <h1>{bundle.name}</h1>
        <p>
          {taskInWords(bundle, words)}. {lead ?? words.draw.leadPicture}
        </p>
      </header>
      {draws ? <Studio bundle={bundle} /> : <Compare bundle={bundle} />}
    </>
  );
}

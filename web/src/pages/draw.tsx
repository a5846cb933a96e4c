import { Link, Redirect, useSearchParams } from "wouter";
import { listBundles, Problem, readBundle } from "../api/client";
import { useResource } from "../api/use-resource";
import { takesDrawings } from "../draw/ask";
import { DrawHead } from "../draw/head";
import { NAMED } from "../draw/use-arrival";
import { Command, Empty, ProblemNote, Waiting } from "../parts/feedback";
import { useTitle } from "../parts/title";
import { useWords } from "../words/words";
import { Compare } from "./draw-compare";
import { Studio } from "./draw-studio";
import { pageOf } from "./tasks";

export function DrawPage({ id }: { id: string | undefined }) {
  return id === undefined ? <AnyModel /> : <Model id={id} />;
}

/** No model is named: whoever wants to draw gets the first that takes drawings, or is told how to have one. */
function AnyModel() {
  const words = useWords().draw;
  const { data, error, retry } = useResource("bundles", listBundles);
  useTitle(words.title);
  if (error !== undefined && !data) return <ProblemNote error={error} retry={retry} />;
  if (!data) return <Waiting />;
  const model = data.bundles.find(takesDrawings) ?? data.bundles.find((each) => each.degradation === "mask");
  if (model) return <Redirect to={`/draw/${encodeURIComponent(model.id)}`} replace />;
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train sketch-portrait --data path/to/portraits" />
      <p className="quiet">{words.emptyOther}</p>
      <Command text="ganvas train pix2pix-64-sketch --data path/to/pictures" />
    </Empty>
  );
}

function Model({ id }: { id: string }) {
  const words = useWords();
  const { data: bundle, error, retry } = useResource(`bundle/${id}`, (signal) => readBundle(id, signal));
  useTitle(bundle ? `${words.draw.title}: ${bundle.name}` : words.draw.title);
  const [query] = useSearchParams();
  if (query.has(NAMED) && !bundle && error instanceof Problem && error.status === 404)
    return <ProblemNote error={new Error(words.draw.linkModelGone)} />;
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
  if (takesDrawings(bundle)) return <Studio bundle={bundle} lead={words.draw.leadSketch} />;
  if (bundle.degradation === "mask") return <Studio bundle={bundle} lead={words.draw.leadMask} />;
  return (
    <>
      <DrawHead bundle={bundle} lead={words.draw.leadPicture} />
      <Compare bundle={bundle} />
    </>
  );
}

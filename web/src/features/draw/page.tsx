import { useQuery } from "@tanstack/react-query";
import { Redirect, useSearchParams } from "wouter";
import { can } from "../../api/bundles";
import { Problem } from "../../api/client";
import { lastUsed } from "../../api/last-model";
import { bundleQuery, bundlesQuery } from "../../api/queries";
import type { PageProps } from "../../feature";
import { Command, Empty, ProblemPage, Waiting } from "../../ui/feedback";
import { OtherPage } from "../../ui/other-page";
import { useTitle } from "../../ui/use-title";
import { Studio } from "./studio";
import { NAMED } from "./use-arrival";
import { useWords } from "./words";

export function DrawPage({ params: { bundle } }: PageProps) {
  return bundle === undefined ? <AnyModel /> : <Model key={bundle} id={bundle} />;
}

/** No model is named: whoever wants to draw gets the first that takes drawings, or is told how to have one. */
function AnyModel() {
  const words = useWords();
  const { data, error, refetch } = useQuery(bundlesQuery);
  useTitle(words.title);
  if (error !== null && !data) return <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (!data) return <Waiting />;
  const sketching = data.bundles.filter((each) => each.drawing_direction);
  const model = lastUsed("draw", [...sketching, ...data.bundles.filter((each) => can(each, "inpaints"))]);
  if (model) return <Redirect to={`/draw/${encodeURIComponent(model.id)}`} replace />;
  return (
    <Empty alone title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train sketch-portrait --data path/to/portraits" />
      <p className="quiet">{words.emptyOther}</p>
      <Command text="ganvas train pix2pix-64-sketch --data path/to/pictures" />
    </Empty>
  );
}

function Model({ id }: { id: string }) {
  const words = useWords();
  const { data: bundle, error, refetch } = useQuery(bundleQuery(id));
  useTitle(bundle ? `${words.title}: ${bundle.name}` : words.title);
  const [query] = useSearchParams();
  if (query.has(NAMED) && !bundle && error instanceof Problem && error.status === 404)
    return <ProblemPage title={words.title} error={new Error(words.linkModelGone)} />;
  if (error !== null && !bundle) return <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (!bundle) return <Waiting />;
  if (bundle.drawing_direction) return <Studio bundle={bundle} lead={words.leadSketch} />;
  if (can(bundle, "inpaints")) return <Studio bundle={bundle} lead={words.leadMask} />;
  return <OtherPage bundle={bundle} text={words.takesNoDrawing} open={words.openPage} />;
}

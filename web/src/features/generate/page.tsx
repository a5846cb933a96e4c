import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Redirect } from "wouter";
import { bundleAddress, can } from "../../api/bundles";
import { lastUsed, useRemembered } from "../../api/last-model";
import { bundleQuery, bundlesQuery } from "../../api/queries";
import type { BundleCard } from "../../api/types";
import type { PageProps } from "../../feature";
import { useSummary } from "../../i18n/summaries";
import { useModelTitle } from "../../i18n/titles";
import { Command, Empty, ProblemNote, ProblemPage, Waiting } from "../../ui/feedback";
import { OtherPage } from "../../ui/other-page";
import { useTitle } from "../../ui/use-title";
import { type Tool, toolsOf, useView } from "./address";
import { readAbilities } from "./api";
import { Copies } from "./copies";
import { Mix } from "./mix";
import styles from "./page.module.css";
import { PhotoTool } from "./photo";
import { Pictures } from "./pictures";
import { Sliders } from "./sliders";
import { useProjection } from "./use-projection";
import { Walk } from "./walk";
import { useWords } from "./words";

export function GeneratePage({ params: { bundle } }: PageProps) {
  return bundle === undefined ? <AnyModel /> : <Model key={bundle} id={bundle} />;
}

/** No model is named: the last one used, or how to have one. */
function AnyModel() {
  const words = useWords();
  const { data, error, refetch } = useQuery(bundlesQuery);
  useTitle(words.title);
  if (error !== null && !data) return <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (!data) return <Waiting />;
  const model = lastUsed(
    "generate",
    data.bundles.filter(({ page }) => page === "generate"),
  );
  if (model) return <Redirect to={bundleAddress(model)} replace />;
  return (
    <Empty alone title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text="ganvas train dcgan-64-small --data path/to/pictures" />
    </Empty>
  );
}

function Model({ id }: { id: string }) {
  const words = useWords();
  const { data: bundle, error, refetch } = useQuery(bundleQuery(id));
  useTitle(bundle ? `${words.title}: ${bundle.name}` : words.title);
  if (error !== null && !bundle) return <ProblemPage title={words.title} error={error} retry={refetch} />;
  if (!bundle) return <Waiting />;
  if (bundle.page !== "generate") return <OtherPage bundle={bundle} text={words.needsPicture} open={words.openPage} />;
  return <Generator bundle={bundle} />;
}

function Generator({ bundle }: { bundle: BundleCard }) {
  const words = useWords();
  const summary = useSummary();
  const title = useModelTitle();
  useRemembered("generate", bundle);
  const [view, change] = useView(bundle);
  const explores = can(bundle, "latent_space");
  const known = useQuery({
    queryKey: ["bundles", bundle.id, "abilities"],
    queryFn: ({ signal }) => readAbilities(bundle.id, signal),
    enabled: explores,
  });
  const search = useProjection(bundle.id);
  const abilities = known.data;
  const tools = toolsOf(abilities);
  const waits = explores && !abilities && known.error === null && view.tool !== "pictures";
  // What this model cannot do is not offered, whatever a link says.
  const tool = tools.includes(view.tool) ? view.tool : "pictures";
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the row of tools is longer than the screen. The tabs are there one rendering after their list is.
    const request = requestAnimationFrame(() => {
      const selected = tabs.current?.querySelector("[aria-selected=true]");
      selected?.scrollIntoView({ inline: "nearest", block: "nearest" });
    });
    return () => cancelAnimationFrame(request);
  }, [tool, tools.length]);
  const given = { bundle, view, change };
  const made = (
    <>
      {!waits && <p className={`${styles.toolLead} quiet`}>{explores ? words.lead[tool] : words.lead.seeds}</p>}
      {waits && <Waiting />}
      {!waits && tool === "pictures" && <Pictures {...given} tools={tools} />}
      {abilities && tool === "walk" && <Walk {...given} abilities={abilities} />}
      {abilities && tool === "mix" && <Mix {...given} abilities={abilities} />}
      {abilities && tool === "sliders" && <Sliders {...given} abilities={abilities} />}
      {abilities && tool === "photo" && <PhotoTool {...given} abilities={abilities} tools={tools} search={search} />}
      {abilities && tool === "copies" && <Copies {...given} />}
    </>
  );

  return (
    <>
      <header className="page-head page-head-tight">
        <p className="eyebrow">{words.title}</p>
        <h1>{title(bundle)}</h1>
        <p>{summary(bundle)}.</p>
      </header>
      {known.error !== null && !abilities && <ProblemNote error={known.error} retry={known.refetch} />}
      {explores ? (
        <Tabs selectedKey={tool} onSelectionChange={(next) => change({ tool: next as Tool, open: null })}>
          <TabList ref={tabs} className={styles.tabs} aria-label={words.tools}>
            {tools.map((each) => (
              <Tab key={each} id={each} className={styles.tab}>
                {words.tool[each]}
                {each === "photo" && search.busy && <span className="pulse" aria-hidden="true" />}
              </Tab>
            ))}
          </TabList>
          <TabPanel key={tool} id={tool} className={styles.tabPanel}>
            {made}
          </TabPanel>
        </Tabs>
      ) : (
        made
      )}
    </>
  );
}

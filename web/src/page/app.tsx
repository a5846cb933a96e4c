// The page of one model: loads it, says how it runs, and shows the tool for its kind.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, useEffect, useMemo, useState } from "react";
import { can } from "../api/bundles";
import frame from "../app.module.css";
import { LanguageProvider, useLanguage, useWords as useSharedWords } from "../i18n/provider";
import { useSummary } from "../i18n/summaries";
import { useModelTitle } from "../i18n/titles";
import { Button } from "../ui/controls";
import { Progress, Waiting } from "../ui/feedback";
import { Mark, WarningIcon } from "../ui/icons";
import { ThemeChoice } from "../ui/theme";
import { About } from "./about";
import styles from "./app.module.css";
import { DrawTool } from "./draw";
import { Engine } from "./engine";
import { GenerateTool } from "./generate";
import type { Opened } from "./messages";
import { loadModel, type Model } from "./model";
import { MusicTool } from "./music";
import { MOST_DIFFERENCE } from "./sample";
import { TranslateTool } from "./translate";
import { useWords } from "./words";

export type ToolProps = { model: Model; engine: Engine };

type Kind = "draw" | "generate" | "translate" | "music";

const TOOLS: Record<Kind, ComponentType<ToolProps>> = {
  draw: DrawTool,
  generate: GenerateTool,
  translate: TranslateTool,
  music: MusicTool,
};

const kindOf = (model: Model): Kind => (can(model, "inpaints") ? "draw" : model.page);

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

export function Alert({ children }: { children: string }) {
  return (
    <div className="note note-error" role="alert">
      <WarningIcon />
      <p className="note-body">{children}</p>
    </div>
  );
}

function Header({ name }: { name: string }) {
  const words = useSharedWords();
  const { language, setLanguage } = useLanguage();
  return (
    <header className={frame.top}>
      <div className={`${frame.topInner} ${styles.top}`}>
        <span className={frame.brand}>
          <Mark />
          <span>{name}</span>
        </span>
        <Button
          variant="bare"
          aria-label={`${words.language}: ${words.languageLabel}`}
          onPress={() => setLanguage(language === "ko" ? "en" : "ko")}
        >
          <span lang={language === "ko" ? "en" : "ko"}>{words.language}</span>
        </Button>
      </div>
    </header>
  );
}

function useEngine(model: Model) {
  const engine = useMemo(() => new Engine(), []);
  const [bytes, setBytes] = useState(0);
  const [opened, setOpened] = useState<Opened>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    engine.open(model, setBytes).then(setOpened, (reason: Error) => setProblem(reason.message));
  }, [engine, model]);
  return { engine, bytes, opened, problem };
}

function Page({ model }: { model: Model }) {
  const words = useWords();
  const summary = useSummary();
  const title = useModelTitle();
  const { engine, bytes, opened, problem } = useEngine(model);
  const kind = kindOf(model);
  const Tool = TOOLS[kind];
  const lead = {
    draw: can(model, "inpaints") ? words.leadMask : words.leadDraw,
    generate: words.leadGenerate,
    translate: words.leadTranslate,
    music: words.leadMusic,
  }[kind];
  const all = model.graphs.reduce((sum, graph) => sum + graph.bytes, 0);
  return (
    <>
      <header className="page-head page-head-tight">
        <p className="eyebrow">{words.kinds[kind]}</p>
        <h1>{title(model)}</h1>
        <p>
          {summary(model)}. {lead}
        </p>
      </header>
      {problem !== undefined && <Alert>{words.failed(problem)}</Alert>}
      {!opened && problem === undefined && (
        <div className={styles.loading}>
          <p role="status">{bytes < all ? words.loading(megabytes(bytes), megabytes(all)) : words.starting}</p>
          <Progress value={bytes / all} label={words.loading(megabytes(bytes), megabytes(all))} />
        </div>
      )}
      {opened && opened.difference > MOST_DIFFERENCE && <Alert>{words.wrong(opened.difference.toPrecision(2))}</Alert>}
      {opened && <Tool model={model} engine={engine} />}
      {opened && (
        <p className={`quiet small ${styles.runs}`} data-testid="runtime" data-runtime={opened.runtime}>
          {words.runs[opened.runtime]}. {words.ready((opened.milliseconds / 1000).toFixed(1))} {words.stays}
        </p>
      )}
      <About model={model} />
    </>
  );
}

function Body() {
  const words = useWords();
  const shared = useSharedWords();
  const title = useModelTitle();
  const [model, setModel] = useState<Model>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    loadModel().then(setModel, (reason: Error) => setProblem(reason.message));
  }, []);
  const name = model ? title(model) : "";
  useEffect(() => {
    if (name) document.title = name;
  }, [name]);
  return (
    <>
      <a className={frame.skip} href="#main">
        {shared.skip}
      </a>
      <Header name={name} />
      <main id="main" tabIndex={-1}>
        {problem !== undefined && <Alert>{words.noModel(problem)}</Alert>}
        {model ? <Page model={model} /> : problem === undefined && <Waiting />}
      </main>
      <footer className={frame.bottom}>
        <div className={frame.bottomInner}>
          <p>
            {words.madeWith}. {words.foot}
          </p>
          <ThemeChoice />
        </div>
      </footer>
    </>
  );
}

export function App() {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <Body />
      </LanguageProvider>
    </QueryClientProvider>
  );
}

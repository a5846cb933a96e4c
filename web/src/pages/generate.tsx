// The whole state of this page is its address: whoever gets the link sees the same pictures.
import { useEffect, useId, useRef, useState } from "react";
import {
  Button,
  Dialog,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  NumberField,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
import { Link, useSearchParams } from "wouter";
import { generate, readBundle } from "../api/client";
import type { BundleCard, Generated, Sample } from "../api/types";
import { useResource } from "../api/use-resource";
import { Choice, IconPress, Press, Slider } from "../parts/controls";
import { download } from "../parts/download";
import { ProblemNote, Waiting } from "../parts/feedback";
import {
  BackIcon,
  CheckIcon,
  CloseIcon,
  DownloadIcon,
  ForwardIcon,
  LinkIcon,
  ShuffleIcon,
} from "../parts/icons";
import { useTitle } from "../parts/title";
import { figure } from "../words/figures";
import { useWords } from "../words/words";
import { columnsOf, gridPicture } from "./grid-picture";
import { pageOf, taskInWords } from "./tasks";

const COUNTS = [1, 4, 9, 16, 36, 64];
const MIXED = "mixed"; // each seed has its own class
const MIN_PSI = 0.05;
const MAX_SEED = 2 ** 31 - 1;

type View = { seed: number; count: number; class: number | null; psi: number };

function viewOf(query: URLSearchParams, bundle: BundleCard): View {
  const whole = (key: string, fallback: number, max: number) => {
    const value = Number.parseInt(query.get(key) ?? "", 10);
    return Number.isFinite(value) ? Math.min(Math.max(value, 0), max) : fallback;
  };
  const psi = Number.parseFloat(query.get("psi") ?? "");
  return {
    seed: whole("seed", 0, MAX_SEED - 64),
    count: Math.max(whole("count", 16, 64), 1),
    class: bundle.classes.length && query.has("class") ? whole("class", 0, bundle.classes.length - 1) : null,
    psi: bundle.truncates && Number.isFinite(psi) ? Math.min(Math.max(psi, MIN_PSI), 1) : 1,
  };
}

export function GeneratePage({ id }: { id: string }) {
  const words = useWords();
  const bundle = useResource(`bundle/${id}`, (signal) => readBundle(id, signal));
  useTitle(bundle.data ? `${words.generate.title}: ${bundle.data.name}` : words.generate.title);
  if (bundle.error !== undefined && !bundle.data)
    return <ProblemNote error={bundle.error} retry={bundle.retry} />;
  if (!bundle.data) return <Waiting />;
  if (pageOf(bundle.data) !== "generate") {
    return (
      <div className="note note-info">
        <p className="note-body">{words.generate.notSynthesis}</p>
        <Link href={`/draw/${encodeURIComponent(id)}`} className="press press-solid">
          {words.generate.openDraw}
        </Link>
      </div>
    );
  }
  return <Generator bundle={bundle.data} />;
}

function useSamples(id: string, view: View) {
  const [answer, setAnswer] = useState<Generated>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const { seed, count, class: label, psi } = view;

  useEffect(() => {
    const controller = new AbortController();
    setBusy(true);
    // A slider being dragged asks once it rests a moment; the newest question wins.
    const timer = setTimeout(async () => {
      try {
        const seeds = Array.from({ length: count }, (_, index) => seed + index);
        const next = await generate(id, { seeds, class: label, psi }, controller.signal);
        setAnswer(next);
        setError(undefined);
        setBusy(false);
      } catch (problem) {
        if (controller.signal.aborted) return;
        setError(problem);
        setBusy(false);
      }
    }, 60);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id, seed, count, label, psi, attempt]);
  return { answer, error, busy, retry: () => setAttempt((n) => n + 1) };
}

function Generator({ bundle }: { bundle: BundleCard }) {
  const words = useWords();
  const [query, setQuery] = useSearchParams();
  const view = viewOf(query, bundle);
  const { answer, error, busy, retry } = useSamples(bundle.id, view);
  const samples = answer?.images ?? [];
  const openSeed = Number.parseInt(query.get("open") ?? "", 10);
  const openIndex = samples.findIndex((sample) => sample.seed === openSeed);

  const change = (next: Partial<View>, open: number | null = null) => {
    const whole = { ...view, ...next };
    setQuery(
      () => {
        const fresh = new URLSearchParams({ seed: String(whole.seed), count: String(whole.count) });
        if (whole.class !== null) fresh.set("class", String(whole.class));
        if (bundle.truncates) fresh.set("psi", String(whole.psi));
        if (open !== null) fresh.set("open", String(open));
        return fresh;
      },
      { replace: true },
    );
  };

  // An address without its numbers gets them, so that whatever is copied from the bar is a permalink.
  const bare = !query.has("seed") || !query.has("count");
  useEffect(() => {
    if (bare) change({});
  }, [bare]);

  const className = (sample: Sample) => (sample.class === null ? "" : (bundle.classes[sample.class] ?? ""));
  const fileName = (sample: Sample) =>
    `${[bundle.id, `seed${sample.seed}`, className(sample)].filter(Boolean).join("-")}.png`;

  return (
    <>
      <header className="page-head">
        <p className="eyebrow">{words.generate.title}</p>
        <h1>{bundle.name}</h1>
        <p>
          {taskInWords(bundle, words)}. {words.generate.lead}
        </p>
      </header>
      <div className="bench">
        <section className="panel" aria-label={words.generate.settings}>
          <Settings bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            <Press
              look="solid"
              isDisabled={!samples.length}
              onPress={async () => {
                const picture = await gridPicture(samples.map((sample) => sample.data));
                download(picture, `${bundle.id}-seed${view.seed}-${samples.length}.png`);
              }}
            >
              <DownloadIcon />
              {words.generate.downloadGrid}
            </Press>
            <CopyLink />
          </div>
        </section>
        <section className="stage" aria-label={words.generate.samples} aria-busy={busy}>
          {error !== undefined && <ProblemNote error={error} retry={retry} />}
          {!answer && error === undefined && <Waiting />}
          <SampleGrid
            samples={samples}
            className={className}
            stale={busy}
            open={(sample) => change({}, sample.seed)}
          />
          {answer && (
            <p className="quiet small stage-foot">
              <span className="for-keys">{words.generate.keys}</span>
              <span className="figures">{words.generate.took(figure(answer.milliseconds))}</span>
            </p>
          )}
        </section>
      </div>
      <Enlarged
        samples={samples}
        index={openIndex}
        className={className}
        move={(sample) => change({}, sample?.seed ?? null)}
        save={(sample) => download(sample.data, fileName(sample))}
        start={(sample) => change({ seed: sample.seed })}
      />
    </>
  );
}

function Settings({
  bundle,
  view,
  change,
}: {
  bundle: BundleCard;
  view: View;
  change: (next: Partial<View>) => void;
}) {
  const words = useWords().generate;
  return (
    <>
      <div className="seed-row">
        <NumberField
          className="field"
          value={view.seed}
          minValue={0}
          maxValue={MAX_SEED - 64}
          formatOptions={{ useGrouping: false }}
          onChange={(seed) => Number.isFinite(seed) && change({ seed })}
        >
          <Label>{words.seed}</Label>
          <Input />
        </NumberField>
        <Press onPress={() => change({ seed: Math.floor(Math.random() * 1_000_000) })}>
          <ShuffleIcon />
          {words.shuffle}
        </Press>
      </div>
      <Choice
        label={words.count}
        value={String(view.count)}
        onChange={(count) => change({ count: Number(count) })}
        options={COUNTS.map((n) => ({ value: String(n), text: n }))}
      />
      {bundle.classes.length > 0 && (
        <Select
          className="field"
          selectedKey={String(view.class ?? MIXED)}
          onSelectionChange={(key) => change({ class: key === MIXED ? null : Number(key) })}
        >
          <Label>{words.class}</Label>
          <Button className="select">
            <SelectValue />
            <svg viewBox="0 0 20 20" className="icon" aria-hidden="true">
              <path d="M5.500 8l4.500 4.500L14.500 8" />
            </svg>
          </Button>
          <Popover className="popover" offset={4}>
            <ListBox className="list">
              <ListBoxItem id={MIXED} className="list-item">
                {words.mixed}
              </ListBoxItem>
              {bundle.classes.map((name, index) => (
                <ListBoxItem key={name} id={String(index)} className="list-item">
                  {name}
                </ListBoxItem>
              ))}
            </ListBox>
          </Popover>
        </Select>
      )}
      {bundle.truncates && (
        <div>
          <Slider
            label={words.truncation}
            value={view.psi}
            onChange={(psi) => change({ psi: Math.round(psi * 100) / 100 })}
            minValue={MIN_PSI}
            maxValue={1}
            step={0.05}
            format={(psi) => psi.toFixed(2)}
          />
          <p className="quiet small">{words.truncationHelp}</p>
        </div>
      )}
    </>
  );
}

function CopyLink() {
  const words = useWords().generate;
  const [copied, setCopied] = useState(false);
  return (
    <Press
      onPress={() => {
        void navigator.clipboard?.writeText(window.location.href).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 2000);
        });
      }}
    >
      {copied ? <CheckIcon /> : <LinkIcon />}
      <span aria-live="polite">{copied ? words.copied : words.copyLink}</span>
    </Press>
  );
}

function SampleGrid({
  samples,
  className,
  stale,
  open,
}: {
  samples: Sample[];
  className: (sample: Sample) => string;
  stale: boolean;
  open: (sample: Sample) => void;
}) {
  const words = useWords().generate;
  const grid = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(0);
  const columns = columnsOf(samples.length);
  const current = Math.min(chosen, Math.max(samples.length - 1, 0));

  const move = (event: React.KeyboardEvent) => {
    const row = current - (current % columns);
    const steps: Record<string, number> = {
      ArrowLeft: current - 1,
      ArrowRight: current + 1,
      ArrowUp: current - columns,
      ArrowDown: current + columns,
      Home: event.ctrlKey ? 0 : row,
      End: event.ctrlKey ? samples.length - 1 : Math.min(row + columns, samples.length) - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0 || next >= samples.length) return;
    setChosen(next);
    grid.current?.querySelectorAll("button")[next]?.focus();
  };

  if (!samples.length) return null;
  return (
    <div
      ref={grid}
      role="group"
      aria-label={words.samples}
      className="samples"
      data-stale={stale || undefined}
      style={{ "--columns": columns } as React.CSSProperties}
      onKeyDown={move}
    >
      {samples.map((sample, index) => (
        <button
          key={sample.seed}
          type="button"
          className="sample"
          tabIndex={index === current ? 0 : -1}
          aria-label={[words.sample(sample.seed), className(sample)].filter(Boolean).join(", ")}
          onFocus={() => setChosen(index)}
          onClick={() => open(sample)}
        >
          <img src={sample.data} alt="" draggable={false} />
        </button>
      ))}
    </div>
  );
}

function Enlarged({
  samples,
  index,
  className,
  move,
  save,
  start,
}: {
  samples: Sample[];
  index: number;
  className: (sample: Sample) => string;
  move: (sample: Sample | undefined) => void;
  save: (sample: Sample) => void;
  start: (sample: Sample) => void;
}) {
  const words = useWords().generate;
  const heading = useId();
  const sample = samples[index];
  const [before, after] = [samples[index - 1], samples[index + 1]];
  // The keys work wherever the focus is: at first it is on the dialog itself.
  useEffect(() => {
    if (!sample) return;
    const turn = (event: KeyboardEvent) => {
      const next = { ArrowLeft: before, ArrowRight: after }[event.key];
      if (!next) return;
      event.preventDefault();
      move(next);
    };
    window.addEventListener("keydown", turn);
    return () => window.removeEventListener("keydown", turn);
  });
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={sample !== undefined}
      onOpenChange={(isOpen) => !isOpen && move(undefined)}
    >
      <Modal className="modal">
        <Dialog className="dialog" aria-labelledby={heading}>
          {sample && (
            <>
              <div className="dialog-head">
                <Heading id={heading} slot="title">
                  {words.enlarged(sample.seed)}{" "}
                  {className(sample) && <span className="tag">{className(sample)}</span>}
                </Heading>
                <IconPress name={words.close} shortcut="Esc" onPress={() => move(undefined)}>
                  <CloseIcon />
                </IconPress>
              </div>
              <img className="dialog-picture" src={sample.data} alt={words.sample(sample.seed)} />
              <div className="dialog-foot">
                <IconPress
                  name={words.previous}
                  shortcut="←"
                  isDisabled={!before}
                  onPress={() => move(before)}
                >
                  <BackIcon />
                </IconPress>
                <IconPress name={words.next} shortcut="→" isDisabled={!after} onPress={() => move(after)}>
                  <ForwardIcon />
                </IconPress>
                <span className="spring" />
                <Press look="bare" onPress={() => start(sample)}>
                  {words.startHere}
                </Press>
                <Press look="solid" onPress={() => save(sample)}>
                  <DownloadIcon />
                  {words.download}
                </Press>
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

// A picture in, its middle square translated.
import { useState } from "react";
import { useNewest } from "../api/use-newest";
import { readPicture, square } from "../features/draw/photo";
import { useWords as useTranslateWords } from "../features/translate/words";
import { figure } from "../i18n/numbers";
import { Button, Choice } from "../ui/controls";
import { download } from "../ui/download";
import { Examples } from "../ui/examples";
import { DownloadIcon, PhotoIcon } from "../ui/icons";
import { PictureDrop } from "../ui/picture-drop";
import { Alert, type ToolProps } from "./app";
import type { Model } from "./model";
import { pictureOf } from "./picture";
import { sourceOf } from "./pixels";
import styles from "./translate.module.css";
import { useAddress } from "./use-address";
import { useWords } from "./words";

type Given = { number: number; source: HTMLCanvasElement; address: string };

function useGiven(model: Model) {
  const [given, setGiven] = useState<Given>();
  const [unread, setUnread] = useState(false);
  const load = async (file: Blob) => {
    try {
      const source = square(await readPicture(file), model.source_resolution);
      setGiven((old) => ({ number: (old?.number ?? 0) + 1, source, address: source.toDataURL() }));
      setUnread(false);
    } catch {
      setUnread(true);
    }
  };
  return { given, unread, load, clear: () => setGiven(undefined) };
}

function Direction({ model, graph, change }: { model: Model; graph: string; change: (graph: string) => void }) {
  const words = useWords();
  const [a = "A", b = "B"] = model.domains;
  const names = [words.way(a, b), words.way(b, a)];
  return (
    <Choice
      label={words.into}
      value={graph}
      onChange={change}
      options={model.graphs.map(({ name }, index) => ({ value: name, text: names[index] ?? name }))}
    />
  );
}

export function TranslateTool({ model, engine }: ToolProps) {
  const words = useWords();
  const [graph, setGraph] = useState(model.graphs[0]?.name ?? "");
  const { given, unread, load, clear } = useGiven(model);
  const question = given ? JSON.stringify([given.number, graph]) : null;
  const { answer, error, busy } = useNewest(question, async (signal) => {
    const source = sourceOf(given?.source as HTMLCanvasElement, model.source_channels);
    const { output, milliseconds } = await engine.run(graph, { source }, signal);
    return { picture: await pictureOf(model, output, graph), milliseconds };
  });
  const address = useAddress(answer?.picture);
  return (
    <div className={styles.translate}>
      <p className="quiet">
        {words.centre(model.source_resolution)} {model.crop.startsWith("face") && words.faces}
      </p>
      {model.graphs.length > 1 && <Direction model={model} graph={graph} change={setGraph} />}
      {unread && <Alert>{words.unreadable}</Alert>}
      {error !== undefined && <Alert>{String(error)}</Alert>}
      {!given && <PictureDrop load={load} kinds={words.formats} />}
      {!given && model.examples.length > 0 && <ExamplePictures model={model} load={load} />}
      {given && (
        <div className={styles.sides}>
          <figure>
            <img src={given.address} alt={words.source} />
            <figcaption>{words.source}</figcaption>
          </figure>
          <figure aria-busy={busy} data-testid="answer">
            {address ? <img src={address} alt={words.answer} /> : <div className={styles.empty} />}
            <figcaption>
              {words.answer}
              {answer && <span className="quiet figures"> · {words.computed(figure(answer.milliseconds))}</span>}
            </figcaption>
          </figure>
        </div>
      )}
      {given && (
        <div className={styles.actions}>
          <Button
            variant="solid"
            isDisabled={!answer || busy}
            onPress={() => answer && download(answer.picture, `${model.id}-${graph}.png`)}
          >
            <DownloadIcon />
            {words.saveAnswer}
          </Button>
          <Button onPress={clear}>
            <PhotoIcon />
            {words.another}
          </Button>
        </div>
      )}
    </div>
  );
}

function ExamplePictures({ model, load }: { model: Model; load: (file: Blob) => void }) {
  const words = useTranslateWords();
  return (
    <Examples
      title={words.examples}
      credit={words.examplesCredit}
      entries={model.examples.map((path, index) => ({
        name: words.example(index + 1),
        picture: <img src={path} alt="" loading="lazy" />,
        take: async () => load(await (await fetch(path)).blob()),
      }))}
    />
  );
}

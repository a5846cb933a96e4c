// Pictures from seeds.
import { useEffect, useState } from "react";
import { can } from "../api/bundles";
import { useNewest } from "../api/use-newest";
import { SeedField } from "../features/generate/fields";
import { useWords as useGenerateWords } from "../features/generate/words";
import { ClassChoice } from "../ui/class-choice";
import { Button, IconButton, Slider } from "../ui/controls";
import { download } from "../ui/download";
import { DownloadIcon, ShuffleIcon } from "../ui/icons";
import { Alert, type ToolProps } from "./app";
import styles from "./generate.module.css";
import { latent } from "./latents";
import { pictureOf } from "./picture";
import { useWords } from "./words";

const COUNT = 6;
const GRAPH = "model";

type Made = { seed: number; picture: Blob; address: string; milliseconds: number };

function useMade({ model, engine }: ToolProps, seed: number, label: number, psi: number) {
  return useNewest<Made>(JSON.stringify([seed, label, psi]), async (signal) => {
    const y = new Float32Array(model.classes.length);
    y[label] = 1;
    const inputs = { z: latent(seed, model.z_dim), y, psi: new Float32Array([psi]) };
    const { output, milliseconds } = await engine.run(GRAPH, inputs, signal);
    const picture = await pictureOf(model, output, GRAPH);
    return { seed, picture, address: URL.createObjectURL(picture), milliseconds };
  });
}

function Picture({ tool, seed, label, psi }: { tool: ToolProps; seed: number; label: number; psi: number }) {
  const words = useWords();
  const generate = useGenerateWords();
  const { answer, error, busy } = useMade(tool, seed, label, psi);
  const address = answer?.address;
  useEffect(() => (address ? () => URL.revokeObjectURL(address) : undefined), [address]);
  const name = generate.sample(seed);
  return (
    <figure className={styles.cell} aria-busy={busy} data-testid="picture">
      <div className={styles.picture}>
        {answer && <img src={answer.address} alt={name} style={{ opacity: busy ? 0.55 : 1 }} />}
      </div>
      {error !== undefined && <Alert>{String(error)}</Alert>}
      <figcaption className="quiet small figures">
        <span>{generate.seedNumber(seed)}</span>
        <IconButton
          name={words.save(name)}
          isDisabled={!answer || busy}
          onPress={() => answer && download(answer.picture, `${tool.model.id}-seed-${seed}.png`)}
        >
          <DownloadIcon />
        </IconButton>
      </figcaption>
    </figure>
  );
}

export function GenerateTool(tool: ToolProps) {
  const words = useWords();
  const generate = useGenerateWords();
  const [first, setFirst] = useState(0);
  const [label, setLabel] = useState(0);
  const [psi, setPsi] = useState(1);
  const seeds = Array.from({ length: COUNT }, (_, index) => first + index);
  return (
    <div className="bench">
      <section className="panel" aria-label={generate.settings}>
        <SeedField label={generate.firstSeed} value={first} onChange={setFirst} />
        <ClassChoice bundle={tool.model} value={label} onChange={(next) => setLabel(next ?? 0)} />
        {can(tool.model, "truncation") && (
          <div>
            <Slider
              label={generate.truncation}
              value={psi}
              onChange={(next) => setPsi(Math.round(next * 100) / 100)}
              minValue={0}
              maxValue={1.5}
              step={0.05}
              format={(value) => value.toFixed(2)}
            />
            <p className="quiet small">{generate.truncationHelp}</p>
          </div>
        )}
        <Button variant="solid" onPress={() => setFirst(first + COUNT)}>
          <ShuffleIcon />
          {words.more}
        </Button>
      </section>
      <section className="stage-side" aria-label={generate.samples}>
        <div className={styles.pictures}>
          {seeds.map((seed) => (
            <Picture key={seed} tool={tool} seed={seed} label={label} psi={psi} />
          ))}
        </div>
      </section>
    </div>
  );
}

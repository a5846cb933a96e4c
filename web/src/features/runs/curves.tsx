import { useMemo, useState } from "react";
import { Switch } from "react-aria-components";
import type { StatsLine } from "../../api/types";
import { Chart } from "../../ui/chart/chart";
import { type GroupName, groupsOf } from "../../ui/chart/series";
import { Slider } from "../../ui/controls";
import styles from "./run.module.css";
import { useWords } from "./words";

// A share and a speed mean little without their ends: noise would look like news.
const INCLUDES: Partial<Record<GroupName, number[]>> = { accuracy: [0.5, 1], speed: [0], memory: [0] };

export function Curves({ lines }: { lines: StatsLine[] }) {
  const words = useWords();
  const [smoothing, setSmoothing] = useState(0.6);
  const [log, setLog] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const groups = useMemo(() => groupsOf(lines), [lines]);
  return (
    <section className="section" aria-labelledby="curves">
      <div className="section-head">
        <h2 id="curves">{words.curves}</h2>
        <p className="quiet">
          {words.hint} {words.kimgMeans}
        </p>
      </div>
      {groups.length === 0 ? (
        <p className="quiet">{words.noCurves}</p>
      ) : (
        <>
          <div className={styles.curveSettings}>
            <Slider
              label={words.smoothing}
              value={smoothing}
              onChange={setSmoothing}
              minValue={0}
              maxValue={0.98}
              step={0.02}
              format={(value) => value.toFixed(2)}
            />
            <Switch className="switch" isSelected={log} onChange={setLog}>
              <span className="switch-track" aria-hidden="true" />
              {words.log}
            </Switch>
          </div>
          <div className={styles.charts}>
            {groups.map((group) => (
              <Chart
                key={group.name}
                title={words.groups[group.name]}
                series={group.series}
                smoothing={smoothing}
                // Scores may be negative and accuracy is a share: neither has orders of magnitude.
                log={log && group.name !== "logits" && group.name !== "accuracy"}
                includes={INCLUDES[group.name] ?? []}
                cursor={cursor}
                point={setCursor}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

// The desk: the photograph is drawn, arranged on the card by hand, checked, and saved.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { BundleCard } from "../../api/types";
import { useLanguage } from "../../i18n/provider";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { blobOf } from "../../ui/picture-content";
import { type Cartoon, checkCard, drawCartoon, type Kit, type PrintWish, type Style, type Target } from "./api";
import styles from "./card.module.css";
import { Checks } from "./checks";
import { asJson, begun, type Design, type Side } from "./design";
import { Downloads } from "./download";
import { Settings } from "./settings";
import { Stage } from "./stage";
import { StyleChoice, styleOf } from "./style";
import { useFonts } from "./use-fonts";
import { useWords } from "./words";

const FIRST = "hills";
const REST = 600; // ms of rest before the card is checked

type Props = {
  kit: Kit;
  bundles: BundleCard[];
  bundle: BundleCard;
  choose: (bundle: string) => void;
  photo: { id: number; file: Blob };
  another: () => void;
};

export function Desk({ kit, bundles, bundle, choose, photo, another }: Props) {
  const words = useWords();
  const { language } = useLanguage();
  const [style, setStyle] = useState<Style>(() => styleOf(bundle));
  const [design, setDesign] = useState<Design>(() => begun(FIRST));
  const [side, setSide] = useState<Side>("front");
  const [guides, setGuides] = useState(false);
  const [target, setTarget] = useState<Target>({ purpose: "print", profile: "default", icc: null });
  const [wish, setWish] = useState<Omit<PrintWish, "language">>({ sheet: null, statement: true });
  const widths = useFonts(kit);
  const drawing = useDrawing(photo, style);
  const { cartoon, picture } = drawing;
  const template = kit.templates.find(({ name }) => name === design.template) ?? kit.templates[0];
  const json = template ? asJson(template, design, cartoon?.face ?? [0, 0, 1, 1], language) : "";
  const checks = useChecks(picture, json, target);
  if (!template) return null;
  const shown = cartoon && { address: cartoon.picture, width: cartoon.width, height: cartoon.height };
  const change = (next: Partial<Design>) => setDesign((before) => ({ ...before, ...next }));
  const safe = guides ? (kit.shops.find(({ name }) => name === target.profile)?.safe ?? 4) : undefined;
  const face = { kit, template, design, picture: shown, language };
  return (
    <div className={`bench ${styles.desk}`} data-stay>
      <div className="panel">
        <Button onPress={another}>{words.another}</Button>
        <StyleChoice
          bundles={bundles}
          bundle={bundle}
          style={style}
          change={(next) => {
            setStyle(next);
            choose(next.bundle);
          }}
        />
        <Settings {...face} change={change} found={cartoon?.colours ?? []} guides={guides} setGuides={setGuides} />
      </div>
      <div className={`stage-side ${styles.column}`}>
        {drawing.error !== null && <ProblemNote error={drawing.error} retry={drawing.retry} />}
        <Stage
          {...face}
          side={side}
          setSide={setSide}
          place={(placement) => change({ placement })}
          safe={safe}
          widths={widths}
          busy={drawing.busy}
        />
        {drawing.busy && (
          <p role="status" className={styles.busy}>
            <span className="pulse" /> {words.drawing}
          </p>
        )}
      </div>
      <div className={styles.below}>
        {checks.error !== null && <ProblemNote error={checks.error} />}
        <div className={styles.results}>
          <Checks findings={[...(checks.findings ?? []), ...(cartoon?.findings ?? [])]} checking={checks.busy} />
          <Downloads
            kit={kit}
            target={target}
            setTarget={setTarget}
            wish={{ ...wish, language }}
            setWish={setWish}
            design={json}
            picture={picture}
            bundle={style.bundle}
          />
        </div>
      </div>
    </div>
  );
}

/** The drawing of a photograph; the last one stays until the next has come. */
function useDrawing(photo: { id: number; file: Blob }, style: Style) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["card", "cartoon", photo.id, style],
    queryFn: ({ signal }) => drawCartoon(photo.file, style, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const cartoon: Cartoon | undefined = error === null ? data : undefined;
  const picture = useMemo(() => cartoon && blobOf(cartoon.picture), [cartoon]);
  return { cartoon, picture, error, busy: isFetching, retry: () => void refetch() };
}

function useChecks(picture: Blob | undefined, design: string, target: Target) {
  const rested = useRested(design);
  const { data, error, isFetching } = useQuery({
    queryKey: ["card", "check", rested, target.purpose, target.profile, target.icc?.name, picture?.size],
    queryFn: ({ signal }) => checkCard(picture as Blob, rested, target, signal),
    enabled: picture !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { findings: data?.findings, error, busy: isFetching || rested !== design || picture === undefined };
}

/** A value once it has not changed for a while. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

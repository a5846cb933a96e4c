import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useServerError } from "../../i18n/errors";
import { IconButton, IconToggle } from "../../ui/controls";
import { ProblemNote, Waiting } from "../../ui/feedback";
import type { CheckDescription, Reason } from "./api";
import { Compare } from "./compare";
import { End } from "./end";
import { Facts } from "./facts";
import { Grid, saying } from "./grid";
import { CompareIcon, GridIcon, KeysIcon, ZoomIcon } from "./icons";
import styles from "./layout.module.css";
import type { MutationQueue } from "./mutation-queue";
import { addressOf, Stage } from "./picture";
import { Pool } from "./pool";
import { KeySheet, ReasonSheet, Reasons } from "./sheet";
import { Standing } from "./standing";
import { ReviewStore, type Source } from "./store";
import { useFit } from "./use-fit";
import { useReviewActions } from "./use-review-actions";
import { VerdictBar } from "./verdict-bar";
import { useWords } from "./words";

/** The review of a round: one picture at a time or many, judged by keys, mouse or touch. */
export function ReviewLayout({
  catalogue,
  round,
  reviewer,
  source,
  mutations,
  reasons,
  descriptions,
}: {
  catalogue: string;
  round: number;
  reviewer: string;
  source: Source;
  mutations: MutationQueue;
  reasons: Reason[];
  descriptions: CheckDescription[];
}) {
  const words = useWords();
  const store = useMemo(
    () => new ReviewStore({ catalogue, round, reviewer }, source, mutations),
    [catalogue, round, reviewer, source, mutations],
  );
  const pool = useMemo(() => new Pool(), []);
  const view = useSyncExternalStore(store.subscribe, store.view);
  useEffect(() => store.start(), [store]);
  useEffect(() => {
    window.addEventListener("online", pool.retry);
    return () => window.removeEventListener("online", pool.retry);
  }, [pool]);

  const area = useRef<HTMLDivElement>(null);
  const fit = useFit(area);
  const actions = useReviewActions({ store, pool, fit, reasons });
  const { item, address, visible, many, zoomed, comparing, flipped, sheet, others, say, layout, compare } = actions;
  const { setZoomed, setTwin, setFlipped, setSheet } = actions;
  const { columns, rows, page, perPage, shown } = visible;
  const { items, cursor } = view;

  const reasonOf = useMemo(() => {
    const meanings = new Map(reasons.map((reason) => [reason.key, words.reasons[reason.key] ?? reason.meaning]));
    return (key: string | null) => (key === null ? "" : (meanings.get(key) ?? key));
  }, [reasons, words]);

  const sentence = useServerError();
  const label = item ? words.picture(cursor + 1, `${item.picture.width} × ${item.picture.height}`) : "";
  const said = item?.said && !item.open ? saying(item.said, reasonOf(item.said.reason), words) : "";
  return (
    <section className={styles.review} data-many={many || undefined}>
      <div className={styles.top}>
        <Standing store={store} view={view} line={mutations.line} retry={() => mutations.retry()}>
          <IconToggle name={words.grid} shortcut="G" chosen={many} onChoose={layout}>
            <GridIcon />
          </IconToggle>
          {!many && (
            <IconToggle name={words.zoom} shortcut="Z" chosen={zoomed} onChoose={() => setZoomed(!zoomed)}>
              <ZoomIcon />
            </IconToggle>
          )}
          <IconToggle name={words.compare} shortcut="D" chosen={comparing !== null} onChoose={compare}>
            <CompareIcon />
          </IconToggle>
          <IconButton name={words.help} shortcut="?" onPress={() => setSheet("keys")}>
            <KeysIcon />
          </IconButton>
        </Standing>
        {source === "skipped" && <p className={`quiet small ${styles.above}`}>{words.onlySkipped}</p>}
        {view.error !== undefined && items.length === 0 && <ProblemNote error={view.error} retry={store.again} />}
      </div>
      <div ref={area} className={styles.stage} tabIndex={-1}>
        {comparing !== null && item ? (
          <Compare
            picture={item.picture}
            address={addressOf(item.picture, 1024)}
            which={comparing}
            flipped={flipped}
            choose={setTwin}
            flip={() => setFlipped(!flipped)}
            close={() => setTwin(null)}
          />
        ) : many && shown.length > 0 ? (
          <Grid
            pool={pool}
            items={shown}
            first={page * perPage}
            cursor={cursor}
            columns={columns}
            rows={rows}
            page={page}
            pages={Math.ceil(items.length / perPage)}
            reasonOf={reasonOf}
            choose={actions.choose}
            turn={(step) => store.goTo((page + step) * perPage)}
          />
        ) : item && address ? (
          <Stage pool={pool} picture={item.picture} address={address} label={label} zoomed={zoomed} onZoom={setZoomed}>
            {(said || item.refused) && (
              <p className={styles.said} data-testid="verdict" data-said={item.said?.verdict}>
                {item.refused ? words.refused(sentence(item.refused)) : said}
              </p>
            )}
            {item.picture.duplicates.length > 0 && (
              <button type="button" className={styles.twin} onClick={compare}>
                <CompareIcon />
                {item.picture.duplicates.length} <kbd>D</kbd>
              </button>
            )}
          </Stage>
        ) : view.loading || !fit.width ? (
          <Waiting />
        ) : null}
        {!item && !view.loading && view.ended && (
          <End round={round} source={source} tally={view.tally} again={store.again} />
        )}
      </div>
      <VerdictBar
        view={view}
        hasItem={item !== undefined}
        others={many && comparing === null ? others.length : 0}
        notice={actions.notice}
        reasonOf={reasonOf}
        focusPictures={() => area.current?.focus()}
        undo={() => store.undo()}
        keepOthers={actions.keepOthers}
        proposals={comparing === null ? actions.proposed.size : 0}
        sayProposed={actions.sayProposed}
        skip={() => say("skip")}
        chooseReason={() => setSheet("reasons")}
        keep={() => say("keep")}
      />
      <aside className={styles.side} aria-label={words.facts}>
        <section className={styles.wide} aria-labelledby="review-reasons">
          <h2 id="review-reasons">{words.dropBecause}</h2>
          <Reasons reasons={reasons} drop={(reason) => say("drop", reason)} />
        </section>
        {item && <Facts picture={item.picture} descriptions={descriptions} />}
        <p className="quiet small">{words.never}</p>
      </aside>
      <KeySheet open={sheet === "keys"} close={() => setSheet(null)} reasons={reasons} />
      <ReasonSheet
        open={sheet === "reasons"}
        close={() => setSheet(null)}
        reasons={reasons}
        drop={(reason) => say("drop", reason)}
      />
    </section>
  );
}

// Where pictures are judged: one at a time or many, by keys, mouse or touch.
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { PressEvent } from "react-aria-components";
import { Button, IconButton, IconToggle } from "../../ui/controls";
import { ProblemNote, Waiting } from "../../ui/feedback";
import { CheckIcon, UndoIcon } from "../../ui/icons";
import { recall, remember } from "../../ui/local-storage";
import type { CheckDescription, Reason } from "./api";
import { Compare } from "./compare";
import { End } from "./end";
import { Facts } from "./facts";
import { CELL, Grid, SMALL_CELL, saying, thumbnailOf } from "./grid";
import { CompareIcon, DropIcon, GridIcon, KeysIcon, SkipIcon, ZoomIcon } from "./icons";
import { type Action, actionOf } from "./keys";
import styles from "./layout.module.css";
import type { MutationQueue } from "./mutation-queue";
import { addressOf, Stage } from "./picture";
import { Pool } from "./pool";
import { KeySheet, ReasonSheet, Reasons } from "./sheet";
import { Standing } from "./standing";
import { type Item, ReviewStore, type Source } from "./store";
import { useFit } from "./use-fit";
import { useWords } from "./words";

const AHEAD = 30; // pictures made ready before they are looked at
const BEHIND = 4;
const FLEETING_MS = 2500;

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
  const [many, setMany] = useState(recall("review.layout") === "grid");
  const [zoomed, setZoomed] = useState(false);
  const [twin, setTwin] = useState<number | null>(null);
  const [flipped, setFlipped] = useState(false);
  const [sheet, setSheet] = useState<"keys" | "reasons" | null>(null);
  const [notice, setNotice] = useState("");

  const { items, cursor } = view;
  const item = items[cursor];
  const columns = Math.max(2, Math.floor(fit.width / (fit.width < 600 ? SMALL_CELL : CELL)));
  const rows = Math.max(2, Math.round((fit.height - 46) / (fit.width / columns || CELL)));
  const perPage = columns * rows;
  const page = Math.floor(Math.min(cursor, Math.max(items.length - 1, 0)) / perPage);
  const shownItems = useMemo(() => items.slice(page * perPage, (page + 1) * perPage), [items, page, perPage]);
  const pixels = Math.max(fit.width, fit.height) * Math.min(window.devicePixelRatio, 2);
  const addressFor = (one: Item) => (many ? thumbnailOf(one) : addressOf(one.picture, pixels));
  const address = item && addressFor(item);
  const comparing = item && twin !== null && item.picture.duplicates[twin] ? twin : null;

  useEffect(() => {
    // What comes next is fetched and decoded now, the nearest first.
    if (!fit.width) return;
    const start = many ? page * perPage : cursor;
    const reach = many ? Math.max(AHEAD, 2 * perPage) : AHEAD;
    const near = [...items.slice(start, start + reach), ...items.slice(Math.max(0, start - BEHIND), start)];
    pool.want(near.map((one) => (many ? thumbnailOf(one) : addressOf(one.picture, pixels))));
  }, [items, cursor, many, page, perPage, pixels, fit.width, pool]);

  useEffect(() => {
    setTwin(null);
    setFlipped(false);
    setNotice("");
  }, [item?.picture.id]);

  const reasonOf = useMemo(() => {
    const meanings = new Map(reasons.map((reason) => [reason.key, words.reasons[reason.key] ?? reason.meaning]));
    return (key: string | null) => (key === null ? "" : (meanings.get(key) ?? key));
  }, [reasons, words]);

  const seen = (address: string | undefined) => address !== undefined && pool.state(address) === "ready";

  const say = (verdict: "keep" | "drop" | "skip", reason: Reason | null = null) => {
    // Nobody can judge what is not there yet; to put it off is fine.
    if (!item || (verdict !== "skip" && !seen(address))) {
      if (item) setNotice(words.coming);
      return;
    }
    setSheet(null);
    store.say({ verdict, reason: reason?.key ?? null });
  };

  // Asked again whenever a picture has come, so that the number on the button is true.
  useSyncExternalStore(pool.subscribe, () => (many ? shownItems.filter((one) => seen(thumbnailOf(one))).length : 0));
  const others = shownItems.filter((one) => one.open && seen(thumbnailOf(one)));
  const keepOthers = () => {
    if (many) store.keepAll(others.map((one) => items.indexOf(one)));
  };

  const layout = () => {
    remember("review.layout", many ? "single" : "grid");
    setTwin(null);
    setZoomed(false);
    setMany(!many);
  };

  const compare = () => {
    if (!item) return;
    if (!item.picture.duplicates.length) setNotice(words.noTwin);
    else setTwin(comparing === null ? 0 : null);
  };

  const move = (by: Extract<Action, { does: "move" }>["by"]) => {
    if (comparing !== null && item && (by === "left" || by === "right")) {
      const last = item.picture.duplicates.length - 1;
      setTwin(Math.max(0, Math.min(last, comparing + (by === "left" ? -1 : 1))));
      return;
    }
    if (!many && (by === "up" || by === "down")) return;
    const step = { left: -1, right: 1, up: -columns, down: columns, first: -cursor, last: items.length }[by];
    store.goTo(cursor + step);
  };

  const act = (action: Action) => {
    switch (action.does) {
      case "keep":
      case "skip":
        return say(action.does);
      case "drop": {
        const reason = reasons.find((one) => one.digit === action.digit);
        return reason ? say("drop", reason) : undefined;
      }
      case "undo":
        return store.undo();
      case "compare":
        return compare();
      case "layout":
        return layout();
      case "zoom":
        return many ? undefined : setZoomed(!zoomed);
      case "flip":
        return setFlipped(!flipped);
      case "rest":
        return keepOthers();
      case "help":
        return setSheet("keys");
      case "open":
        return many ? layout() : undefined;
      case "close":
        setTwin(null);
        return setZoomed(false);
      case "move":
        return move(action.by);
    }
  };
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      latest.current(action);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  // After a click the keys belong to the pictures again: space must not press the button that was clicked.
  const by = (does: () => void) => (event: PressEvent) => {
    does();
    if (event.pointerType !== "keyboard" && event.pointerType !== "virtual") area.current?.focus();
  };
  const choose = useMemo(
    () => (index: number) => {
      if (store.view().cursor === index) latest.current({ does: "open" });
      else store.goTo(index);
    },
    [store],
  );

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
        ) : many && shownItems.length > 0 ? (
          <Grid
            pool={pool}
            items={shownItems}
            first={page * perPage}
            cursor={cursor}
            columns={columns}
            rows={rows}
            page={page}
            pages={Math.ceil(items.length / perPage)}
            reasonOf={reasonOf}
            choose={choose}
            turn={(step) => store.goTo((page + step) * perPage)}
          />
        ) : item && address ? (
          <Stage pool={pool} picture={item.picture} address={address} label={label} zoomed={zoomed} onZoom={setZoomed}>
            {(said || item.refused) && (
              <p className={styles.said} data-testid="verdict" data-said={item.said?.verdict}>
                {item.refused ? words.refused(item.refused) : said}
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
      <div className={styles.actions}>
        <Button variant="soft" isDisabled={!view.canUndo} onPress={by(() => store.undo())}>
          <UndoIcon />
          {words.undo} <kbd>U</kbd>
        </Button>
        <Fleeting about={notice || view.last}>
          {notice ||
            (view.last &&
              (view.last.said === "undone"
                ? words.saidUndone
                : view.last.count > 1
                  ? words.saidMany(view.last.count)
                  : saying(view.last.said, reasonOf(view.last.said.reason), words)))}
        </Fleeting>
        {many && comparing === null && others.length > 0 && (
          <Button variant="soft" onPress={by(keepOthers)}>
            {words.rest(others.length)} <kbd>A</kbd>
          </Button>
        )}
        <Button variant="soft" isDisabled={!item} onPress={by(() => say("skip"))}>
          <SkipIcon />
          {words.skip} <kbd>S</kbd>
        </Button>
        <span className={styles.narrow}>
          <Button variant="soft" isDisabled={!item} onPress={by(() => setSheet("reasons"))}>
            <DropIcon />
            {words.drop}…
          </Button>
        </span>
        <Button variant="solid" isDisabled={!item} onPress={by(() => say("keep"))}>
          <CheckIcon />
          {words.keep} <kbd>K</kbd>
        </Button>
      </div>
      <aside className={styles.side} aria-label={words.facts}>
        <section className={styles.wide} aria-labelledby="review-reasons">
          <h3 id="review-reasons">{words.dropBecause}</h3>
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

/** What was just done. Where it lies over something else it goes after a moment. */
function Fleeting({ about, children }: { about: unknown; children: ReactNode }) {
  const [gone, setGone] = useState(false);
  useEffect(() => {
    setGone(!about);
    const timer = setTimeout(() => setGone(true), FLEETING_MS);
    return () => clearTimeout(timer);
  }, [about]);
  return (
    <p className={`${styles.last} small quiet`} role="status" data-gone={gone || undefined}>
      {children}
    </p>
  );
}

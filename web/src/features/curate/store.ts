// The state of one reviewer in one round: the pictures that wait, the verdicts on them, and the current one. Every change
// here is immediate; the mutation queue sends it to the server afterwards.
import type { ServerError } from "../../i18n/errors";
import { type Queue, type Queued, readQueue, type Tally, type Undone } from "./api";
import { freshId, type MutationQueue, type Op, type Place, type SaidOp, type UndoOp } from "./mutation-queue";

const AHEAD = 90; // pictures known beyond the one looked at
const PORTION = 60;
const PAUSE_MS = 45_000; // a longer gap between two verdicts is no work

export type Said = { verdict: "keep" | "drop" | "skip"; reason: string | null };
/** `open`: it waits for a verdict. `said`: the last word on it, also when it is open again (put off before). */
export type Item = { picture: Queued; said: Said | null; open: boolean; refused: ServerError | null };
type Step = { client_id: string; id: number; before: Said | null; wasOpen: boolean };

export type Source = "waiting" | "skipped";
export type View = {
  items: Item[];
  cursor: number;
  tally: Tally;
  loading: boolean;
  ended: boolean;
  error: unknown;
  last: { said: Said | "undone" | "proposed"; count: number } | null;
  canUndo: boolean;
};

const NONE: Tally = { kept: 0, dropped: 0, skipped: 0, waiting: 0 };
const COLUMN = { keep: "kept", drop: "dropped", skip: "skipped" } as const;

function changeOf(before: Said | null, after: Said | null, lent: boolean): Tally {
  const change = { ...NONE };
  if (before) change[COLUMN[before.verdict]] -= 1;
  if (after) change[COLUMN[after.verdict]] += 1;
  if (!lent) change.waiting = Number(!after) - Number(!before);
  return change;
}

const sum = (a: Tally, b: Tally): Tally => ({
  kept: a.kept + b.kept,
  dropped: a.dropped + b.dropped,
  skipped: a.skipped + b.skipped,
  waiting: a.waiting + b.waiting,
});

const negative = (tally: Tally): Tally => ({
  kept: -tally.kept,
  dropped: -tally.dropped,
  skipped: -tally.skipped,
  waiting: -tally.waiting,
});

export class ReviewStore {
  private items: Item[] = [];
  private cursor = 0;
  private base: Tally | null = null;
  private loading = false;
  private ended = false;
  private error: unknown;
  private last: View["last"] = null;
  private steps: Step[][] = [];
  private asked = 0; // undos of what was said before this page was opened
  private stopped = false;
  private readonly times: number[] = [];
  private readonly listeners = new Set<() => void>();
  private shown: View;

  private readonly place: Place & { catalogue: string };
  private readonly source: Source;
  private readonly mutations: MutationQueue;

  constructor(place: Place & { catalogue: string }, source: Source, mutations: MutationQueue) {
    this.place = place;
    this.source = source;
    this.mutations = mutations;
    this.shown = this.look();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  view = (): View => this.shown;

  start(): () => void {
    this.stopped = false;
    const end = this.mutations.start({
      changed: () => this.tell(),
      tallied: (op, tally) => this.mine(op) && this.settle(tally),
      refused: (op, why) => this.mine(op) && this.refused(op, why),
      undone: (op, answer) => this.mine(op) && this.undone(op, answer),
    });
    void this.more();
    return () => {
      this.stopped = true;
      end();
    };
  }

  /** Verdicts a minute while at work; null until that can be said. */
  speed(): number | null {
    const gaps = this.times.slice(1).map((time, index) => time - (this.times[index] ?? time));
    const work = gaps.filter((gap) => gap < PAUSE_MS);
    const all = work.reduce((total, gap) => total + gap, 0);
    return work.length < 5 || all <= 0 ? null : (work.length / all) * 60_000;
  }

  // ── Looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  get current(): Item | undefined {
    return this.items[this.cursor];
  }

  goTo(index: number): void {
    const next = Math.max(0, Math.min(index, this.items.length - 1));
    if (next === this.cursor) return;
    this.cursor = next;
    this.last = null;
    this.tell();
    void this.more();
  }

  private advance(): void {
    const after = this.items.findIndex((item, index) => index > this.cursor && item.open);
    const next = after >= 0 ? after : this.items.findIndex((item) => item.open);
    this.cursor = next >= 0 ? next : this.items.length; // past the end: nothing is open
  }

  // ── Saying ────────────────────────────────────────────────────────────────────────────────────────────────────────

  say(said: Said): void {
    const item = this.current;
    if (!item) return;
    this.steps.push([this.put(this.cursor, said)]);
    this.last = { said, count: 1 };
    if (item.open) this.noteTime();
    this.advance();
    this.tell();
    void this.more();
  }

  /** Keep all of these that are still open; taken back by one undo. */
  keepAll(indexes: number[]): void {
    const said: Said = { verdict: "keep", reason: null };
    this.sayAll(new Map(indexes.map((index) => [index, said])), said);
  }

  /** What the checks propose for these, by index, of those that are still open; taken back by one undo. */
  sayProposed(proposed: ReadonlyMap<number, Said>): void {
    this.sayAll(proposed, "proposed");
  }

  private sayAll(verdicts: ReadonlyMap<number, Said>, last: Said | "proposed"): void {
    const open = [...verdicts].filter(([index]) => this.items[index]?.open);
    if (!open.length) return;
    const steps = open.map(([index, said]) => this.put(index, said));
    this.steps.push(steps);
    this.last = { said: last, count: steps.length };
    for (const _ of steps) this.noteTime();
    this.cursor = Math.max(...verdicts.keys());
    this.advance();
    this.tell();
    void this.more();
  }

  private put(index: number, said: Said): Step {
    const item = this.items[index] as Item;
    const id = item.picture.id;
    const client_id = freshId();
    this.replace(index, { ...item, said, open: false, refused: null });
    this.mutations.add({
      ...this.place,
      kind: "said",
      client_id,
      change: changeOf(item.said, said, item.picture.lent),
      verdict: { id, verdict: said.verdict, reason: said.reason, client_id },
    });
    return { client_id, id, before: item.said, wasOpen: item.open };
  }

  undo(): void {
    const steps = this.steps.pop();
    if (!steps) {
      this.undoEarlier();
      return;
    }
    for (const step of steps.reverse()) {
      const index = this.items.findIndex((item) => item.picture.id === step.id);
      const item = this.items[index];
      if (!this.mutations.retract(step.client_id))
        this.mutations.add({
          ...this.place,
          kind: "undo",
          client_id: freshId(),
          of: step.client_id,
          picture: step.id,
          change: changeOf(item?.said ?? null, step.before, item?.picture.lent ?? false),
        });
      if (item) this.replace(index, { ...item, said: step.before, open: step.wasOpen });
      if (index >= 0) this.cursor = index;
      this.times.pop();
    }
    this.last = { said: "undone", count: steps.length };
    this.ended = false;
    this.tell();
  }

  /** What was said before this page was opened: the server knows what that was. */
  private undoEarlier(): void {
    if (this.asked || this.source === "skipped") return;
    this.asked += 1;
    const op = { kind: "undo" as const, client_id: freshId(), of: null, picture: null, change: NONE };
    this.mutations.add({ ...this.place, ...op });
  }

  private undone(op: UndoOp, answer: Undone): void {
    if (op.of === null) this.asked = 0;
    const picture = answer.picture;
    if (!picture || picture.id === op.picture) {
      this.tell();
      return;
    }
    // Of an earlier visit, or another window of this reviewer said something since: it is open again, here as well.
    const index = this.items.findIndex((item) => item.picture.id === picture.id);
    const item: Item = { picture, said: null, open: true, refused: null };
    if (index >= 0) this.replace(index, item);
    else this.items = [...this.items.slice(0, this.cursor), item, ...this.items.slice(this.cursor)];
    if (index >= 0) this.cursor = index;
    this.last = { said: "undone", count: 1 };
    this.ended = false;
    this.tell();
  }

  private refused(op: SaidOp, why: ServerError): void {
    const index = this.items.findIndex((item) => item.picture.id === op.verdict.id);
    const item = this.items[index];
    this.steps = this.steps
      .map((steps) => steps.filter((step) => step.client_id !== op.client_id))
      .filter((steps) => steps.length > 0);
    if (item) this.replace(index, { ...item, said: null, open: false, refused: why });
    this.tell();
  }

  private mine(op: Op): boolean {
    return op.round === this.place.round && op.reviewer === this.place.reviewer;
  }

  private settle(tally: Tally): void {
    this.base = tally;
    this.tell();
  }

  // ── More ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  again = (): void => {
    this.ended = false;
    this.error = undefined;
    void this.more();
  };

  private async more(): Promise<void> {
    if (this.loading || this.ended || this.stopped || this.items.length - this.cursor > AHEAD) return;
    this.loading = true;
    this.error = undefined;
    this.tell();
    try {
      const after = this.source === "waiting" ? this.items.at(-1)?.picture.id : undefined;
      let came = this.items.length && after === undefined ? 0 : this.take(await this.ask(after));
      if (!came && this.items.length) {
        // Nothing behind the last one: what was dealt anew since, what others have left, what was passed over.
        await this.mutations.settled();
        came = this.take(await this.ask(undefined));
      }
      this.ended = !came;
      if (!this.current) this.advance();
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
      this.tell();
    }
    if (this.error !== undefined && !this.stopped) setTimeout(() => void this.more(), 5000);
    else if (!this.ended && this.items.length - this.cursor <= AHEAD) void this.more();
  }

  private async ask(after: number | undefined): Promise<Queue> {
    const { round, reviewer } = this.place;
    const quiet = !this.mutations.pending(this.place).length;
    const skipped = this.source === "skipped";
    const count = skipped ? 200 : PORTION;
    const found = await readQueue(round, reviewer, { ...(after === undefined ? {} : { after }), count, skipped });
    const pending = this.mutations.pending(this.place);
    if (quiet && !pending.length) this.base = found.progress;
    else if (this.base === null) {
      // What an earlier page left unanswered may have arrived: then the picture waits no more, and is counted there.
      const open = new Set(found.pictures.map((picture) => picture.id));
      const counted = pending.filter((op) => op.kind === "said" && !open.has(op.verdict.id));
      this.base = counted.reduce((all, op) => sum(all, negative(op.change)), found.progress);
    }
    return found;
  }

  private take(found: Queue): number {
    const known = new Set(this.items.map((item) => item.picture.id));
    const said = new Set(
      this.mutations.pending(this.place).flatMap((op) => (op.kind === "said" ? [op.verdict.id] : [])),
    );
    const news = found.pictures.filter((one) => !known.has(one.id) && !said.has(one.id));
    const before: Said | null = this.source === "skipped" ? { verdict: "skip", reason: null } : null;
    const items = news.map((picture) => ({ picture, said: before, open: true, refused: null }));
    if (items.length) this.items = [...this.items, ...items];
    return items.length;
  }

  // ── Telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  private replace(index: number, item: Item): void {
    this.items = this.items.with(index, item);
  }

  private noteTime(): void {
    this.times.push(Date.now());
    if (this.times.length > 100) this.times.shift();
  }

  private look(): View {
    const pending = this.mutations.pending(this.place).reduce((all, op) => sum(all, op.change), this.base ?? NONE);
    return {
      items: this.items,
      cursor: this.cursor,
      tally: { ...pending, waiting: Math.max(0, pending.waiting) },
      loading: this.loading || this.asked > 0,
      ended: this.ended,
      error: this.error,
      last: this.last,
      canUndo:
        this.steps.length > 0 || (this.source === "waiting" && pending.kept + pending.dropped + pending.skipped > 0),
    };
  }

  private tell(): void {
    this.shown = this.look();
    for (const listener of this.listeners) listener();
  }
}

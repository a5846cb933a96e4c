// What was said and is not yet known to be saved. It lies in the browser's storage from the moment it is said until the
// server has answered, goes out in order and in batches, and may be sent again: each entry has a number made here, and
// the same number counts once. So neither a bad line, nor a closed window, nor a second one loses or doubles a verdict.
import { Problem } from "../../api/client";
import type { ServerError } from "../../i18n/errors";
import { type Refusal, type SaidVerdict, sendUndo, sendVerdicts, type Tally, type Undone } from "./api";

const PREFIX = "ganvas.review.said.";
const GATHER_MS = 250; // what is said in quick succession goes together
const BATCH = 100; // the browser takes 64 KB along from a page that is being closed
const PATIENCE_MS = [1000, 2000, 4000, 8000, 15_000];

export type Place = { round: number; reviewer: string };
export type Change = Tally;
type Common = Place & { catalogue: string; client_id: string; change: Change };
export type SaidOp = Common & { kind: "said"; verdict: SaidVerdict };
/** `of`: the verdict it takes back, where this page knows it. */
export type UndoOp = Common & { kind: "undo"; of: string | null; picture: number | null };
export type Op = SaidOp | UndoOp;
type Kept = { key: string; op: Op };

export type Line =
  | { state: "saved" }
  | { state: "sending"; count: number }
  | { state: "offline"; count: number }
  | { state: "stopped"; count: number; error: unknown };

export type Listener = {
  changed: () => void;
  tallied: (op: Op, tally: Tally) => void;
  refused: (op: SaidOp, why: ServerError) => void;
  undone: (op: UndoOp, answer: Undone) => void;
};

/** For pages that show nothing of it, and yet let it go on. */
const refusalOf = ({ why, code, params }: Refusal): ServerError => ({ sentence: why ?? "", code: code ?? "", params });

export const SILENT: Listener = { changed() {}, tallied() {}, refused() {}, undone() {} };

/** A number nobody else makes; also where `crypto.randomUUID` is not to be had (a plain address in a local network). */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class MutationQueue {
  private waiting: Kept[] = [];
  private flying = 0; // how many at the front are on their way
  private flights = 0; // an answer that comes after the page was left and entered again belongs to none
  private failures = 0;
  private trouble: unknown;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private listener: Listener | undefined;
  private made = 0;
  private readonly idle: (() => void)[] = [];
  private current: Line = { state: "saved" };

  private readonly catalogue: string;

  constructor(catalogue: string) {
    this.catalogue = catalogue;
  }

  /** Takes up what an earlier page left behind, and sends. → ends it; what waits stays in the storage. */
  start(listener: Listener): () => void {
    this.listener = listener;
    const left = recalled(this.catalogue);
    const known = new Set(left.map(({ key }) => key));
    this.waiting = [...left, ...this.waiting.filter(({ key }) => !known.has(key))]; // without storage, in memory alone
    this.failures = 0;
    this.trouble = undefined;
    const again = () => this.retry();
    const leave = () => this.leave();
    window.addEventListener("online", again);
    window.addEventListener("pagehide", leave);
    this.tell();
    this.plan(0);
    return () => {
      window.removeEventListener("online", again);
      window.removeEventListener("pagehide", leave);
      this.leave();
      clearTimeout(this.timer);
      this.listener = undefined;
      this.flying = 0;
      this.flights += 1;
    };
  }

  get line(): Line {
    return this.current;
  }

  /** What waits for an answer of the server. */
  pending(place: Place): Op[] {
    return this.waiting.map(({ op }) => op).filter((op) => op.round === place.round && op.reviewer === place.reviewer);
  }

  add(op: Op): void {
    // Keys sort by the time at which they were made, also those of several windows.
    const key = `${PREFIX}${Date.now().toString(36).padStart(9, "0")}.${(this.made++).toString(36).padStart(6, "0")}.${op.client_id}`;
    this.waiting.push({ key, op });
    try {
      localStorage.setItem(key, JSON.stringify(op));
    } catch {
      // No storage or no room: it waits in memory.
    }
    this.tell();
    this.plan(GATHER_MS);
  }

  /** Takes back what has not been sent. → whether it was still here. */
  retract(client_id: string): boolean {
    const index = this.waiting.findIndex(({ op }) => op.client_id === client_id);
    if (index < this.flying) return false;
    this.forget(this.waiting.splice(index, 1));
    this.tell();
    return true;
  }

  /** Resolves once nothing waits. */
  settled(): Promise<void> {
    return this.waiting.length ? new Promise((done) => this.idle.push(done)) : Promise.resolve();
  }

  retry(): void {
    this.failures = 0;
    this.trouble = undefined;
    this.plan(0);
  }

  private plan(delay: number): void {
    if (!this.listener || this.flying || !this.waiting.length || this.trouble) return;
    if (this.timer !== undefined && delay > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, delay);
  }

  private front(most: number): Kept[] {
    const [first, ...rest] = this.waiting;
    if (!first || first.op.kind === "undo") return first ? [first] : [];
    const stop = rest.findIndex(
      ({ op }) => op.kind === "undo" || op.round !== first.op.round || op.reviewer !== first.op.reviewer,
    );
    return this.waiting.slice(0, Math.min(stop < 0 ? this.waiting.length : stop + 1, most));
  }

  private async send(): Promise<void> {
    const batch = this.front(BATCH);
    const first = batch[0]?.op;
    if (!first || this.flying || !this.listener) return;
    this.flying = batch.length;
    const flight = ++this.flights;
    this.tell();
    try {
      if (first.kind === "undo") {
        const answer = await sendUndo(first.round, first.reviewer, first.client_id);
        this.acknowledge(batch, flight);
        this.listener?.undone(first, answer);
        this.listener?.tallied(first, answer.progress);
      } else {
        const said = batch.flatMap(({ op }) => (op.kind === "said" ? [op] : []));
        const answer = await sendVerdicts(
          first.round,
          first.reviewer,
          said.map((op) => op.verdict),
          false,
        );
        this.acknowledge(batch, flight);
        for (const one of answer.answers) {
          const op = said.find((op) => op.client_id === one.client_id);
          if (op && one.status === "refused") this.refuse(op, refusalOf(one));
        }
        this.listener?.tallied(first, answer.progress);
      }
      this.failures = 0;
      this.tell();
      this.plan(0);
    } catch (error) {
      if (flight !== this.flights) return;
      this.flying = 0;
      // No answer, too busy or broken down: it may work later. A plain refusal stays one until somebody looks at it.
      const later =
        !(error instanceof Problem) ||
        error.status === 0 ||
        error.status >= 500 ||
        error.status === 408 ||
        error.status === 429;
      if (!later) this.trouble = error;
      this.failures += 1;
      this.tell();
      this.plan(PATIENCE_MS[Math.min(this.failures, PATIENCE_MS.length) - 1] ?? 15_000);
    }
  }

  private acknowledge(batch: Kept[], flight: number): void {
    if (flight === this.flights) this.flying = 0;
    const done = new Set(batch.map(({ key }) => key));
    this.waiting = this.waiting.filter(({ key }) => !done.has(key));
    this.forget(batch);
  }

  private refuse(op: SaidOp, why: ServerError): void {
    // What was not taken cannot be taken back: an undo that follows would hit another verdict.
    const useless = this.waiting.filter(({ op: later }) => later.kind === "undo" && later.of === op.client_id);
    this.waiting = this.waiting.filter((one) => !useless.includes(one));
    this.forget(useless);
    this.listener?.refused(op, why);
  }

  private forget(gone: Kept[]): void {
    for (const { key } of gone) {
      try {
        localStorage.removeItem(key);
      } catch {
        // It was never stored either.
      }
    }
  }

  private leave(): void {
    // With those on their way, in order: their answers will not be heard, and sending again does no harm.
    const first = this.waiting[0]?.op;
    if (first?.kind !== "said") return;
    const verdicts = this.front(BATCH).flatMap(({ op }) => (op.kind === "said" ? [op.verdict] : []));
    sendVerdicts(first.round, first.reviewer, verdicts, true).catch(() => {});
  }

  private tell(): void {
    const count = this.waiting.length;
    if (!count) this.current = { state: "saved" };
    else if (this.trouble) this.current = { state: "stopped", count, error: this.trouble };
    else this.current = { state: this.failures ? "offline" : "sending", count };
    if (!count) for (const done of this.idle.splice(0)) done();
    this.listener?.changed();
  }
}

function recalled(catalogue: string): Kept[] {
  const found: Kept[] = [];
  try {
    for (let index = 0; index < localStorage.length; index++) {
      const key = localStorage.key(index);
      if (!key?.startsWith(PREFIX)) continue;
      const op = JSON.parse(localStorage.getItem(key) ?? "null") as Op | null;
      if (op?.catalogue === catalogue) found.push({ key, op });
    }
  } catch {
    // Storage is switched off, or holds what this page did not write.
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

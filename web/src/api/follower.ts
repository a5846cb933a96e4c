// The result follows the stroke. One question is on its way at a time; the newest drawing is asked next.

type Question<T> = {
  ask: (signal: AbortSignal) => Promise<T>;
  answered: (answer: T) => void;
  failed: (error: unknown) => void;
};

const PAUSE_MILLISECONDS = 40; // between questions while a stroke is being drawn

export class Follower<T> {
  private waiting: Question<T> | undefined;
  private controller: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether a newer question waits for the one on its way. */
  get isBehind(): boolean {
    return this.waiting !== undefined;
  }

  /** Whether a question waits or is on its way. */
  get isAsking(): boolean {
    return this.waiting !== undefined || this.controller !== undefined;
  }

  /** Asks as soon as the current question is answered; replaces one that still waits. */
  soon(question: Question<T>): void {
    this.waiting = question;
    if (!this.controller && this.timer === undefined) void this.next();
  }

  /** Asks at once: what is on its way is out of date and is given up. */
  now(question: Question<T>): void {
    this.stop();
    this.soon(question);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = undefined;
    this.controller?.abort();
    this.controller = undefined;
  }

  private async next(): Promise<void> {
    const question = this.waiting;
    if (!question) return;
    this.waiting = undefined;
    const controller = new AbortController();
    this.controller = controller;
    try {
      const answer = await question.ask(controller.signal);
      if (!controller.signal.aborted) question.answered(answer);
    } catch (error) {
      if (!controller.signal.aborted) question.failed(error);
    }
    if (this.controller !== controller) return;
    this.controller = undefined;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.next();
    }, PAUSE_MILLISECONDS);
  }
}

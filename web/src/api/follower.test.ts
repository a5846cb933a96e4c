import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Follower } from "./follower";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function question(answer: string, milliseconds = 100) {
  const aborted = vi.fn();
  const ask = vi.fn((signal: AbortSignal) => {
    signal.addEventListener("abort", aborted);
    return new Promise<string>((resolve) => setTimeout(() => resolve(answer), milliseconds));
  });
  return { ask, answered: vi.fn(), failed: vi.fn(), aborted };
}

test("one request is on its way at a time, and only the newest of the waiting ones follows", async () => {
  const follower = new Follower<string>();
  const [first, second, third] = [question("1"), question("2"), question("3")];
  for (const each of [first, second, third]) follower.soon(each);
  expect(follower.isBehind).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(first.answered).toHaveBeenCalledWith("1");
  expect(second.ask).not.toHaveBeenCalled();
  expect(third.answered).toHaveBeenCalledWith("3");
  expect(follower.isAsking).toBe(false);
});

test("a request for now gives up the one on its way", async () => {
  const follower = new Follower<string>();
  const [old, fresh] = [question("old"), question("fresh")];
  follower.soon(old);
  follower.now(fresh);
  await vi.advanceTimersByTimeAsync(500);
  expect(old.aborted).toHaveBeenCalled();
  expect(old.answered).not.toHaveBeenCalled();
  expect(fresh.answered).toHaveBeenCalledWith("fresh");
});

test("after a stop nothing is answered, and a failure does not stop what follows", async () => {
  const follower = new Follower<string>();
  const stopped = question("stopped");
  follower.soon(stopped);
  follower.stop();
  const failing = { ...question(""), ask: vi.fn(() => Promise.reject(new Error("no"))) };
  follower.soon(failing);
  const next = question("next");
  follower.soon(next);
  await vi.advanceTimersByTimeAsync(500);
  expect(stopped.answered).not.toHaveBeenCalled();
  expect(failing.failed).toHaveBeenCalled();
  expect(next.answered).toHaveBeenCalledWith("next");
});

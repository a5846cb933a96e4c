// @vitest-environment jsdom
import { renderHook, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { useNewest } from "./use-newest";

test("no render shows the answer to one question as the answer to another", async () => {
  const renders: [string | null, string | undefined, boolean][] = [];
  const { rerender } = renderHook(
    ({ question }: { question: string | null }) => {
      const newest = useNewest(question, async () => `answer to ${question}`, 0);
      renders.push([question, newest.answer, newest.busy]);
      return newest;
    },
    { initialProps: { question: "one" as string | null } },
  );
  for (const question of ["two", "three", null, "one"]) {
    rerender({ question });
    await waitFor(() =>
      expect(renders.at(-1)).toEqual([question, question ? `answer to ${question}` : undefined, false]),
    );
  }
  for (const [question, answer, busy] of renders) {
    if (!busy && question !== null) expect(answer).toBe(`answer to ${question}`);
  }
});

test("a failure keeps the last answer, and the question can be asked again", async () => {
  let fails = false;
  const ask = async () => {
    if (fails) throw new Error("no answer");
    return "answer";
  };
  const { result, rerender } = renderHook(({ question }) => useNewest(question, ask, 0), {
    initialProps: { question: "one" },
  });
  await waitFor(() => expect(result.current.answer).toBe("answer"));
  fails = true;
  rerender({ question: "two" });
  await waitFor(() => expect(result.current.error).toEqual(new Error("no answer")));
  expect(result.current).toMatchObject({ answer: "answer", busy: false });
  fails = false;
  result.current.retry();
  await waitFor(() => expect(result.current.error).toBeUndefined());
  expect(result.current).toMatchObject({ answer: "answer", busy: false });
});

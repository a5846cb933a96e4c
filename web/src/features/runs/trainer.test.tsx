// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { makeQueryClient } from "../../api/queries";
import type { RunCard } from "../../api/types";
import { LanguageProvider } from "../../i18n/provider";
import { Trainer } from "./trainer";

type Who = NonNullable<RunCard["status"]["trainer"]>;

const show = (trainer: Who | null, language: "en" | "ko") => {
  localStorage.setItem("ganvas.language", language);
  return render(
    <QueryClientProvider client={makeQueryClient()}>
      <LanguageProvider>
        <Trainer status={{ state: "running", nimg: 0, health: [], trainer }} />
      </LanguageProvider>
    </QueryClientProvider>,
  );
};

beforeEach(() => {
  vi.stubGlobal("navigator", { ...navigator, language: "en-GB" });
});

test.each([
  ["en", /^Trained by process 12 on studio-pc, started .*2026/],
  ["ko", /^studio-pc의 프로세스 12에서 학습 중 \(시작: 2026/],
] as const)("the page says who trains, in %s", async (language, words) => {
  show({ host: "studio-pc", pid: 12, started: "2026-11-26T12:00:00+00:00" }, language);
  expect(await screen.findByText(words)).toBeTruthy();
});

test("nothing is said of a run that nobody trains", () => {
  const { container } = show(null, "en");
  expect(container.querySelector("p")).toBeNull();
});

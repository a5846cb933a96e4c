// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/client";
import { makeQueryClient } from "../api/queries";
import { LanguageProvider } from "../i18n/provider";
import { ProblemNote } from "./feedback";

const show = (error: unknown, language: "en" | "ko") => {
  localStorage.setItem("ganvas.language", language);
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <LanguageProvider>
        <ProblemNote error={error} />
      </LanguageProvider>
    </QueryClientProvider>,
  );
};

const tooLarge = new Problem(413, "The upload is larger than 20 MB; send a smaller picture.", "upload-too-large", {
  megabytes: 20,
});

beforeEach(() => {
  vi.stubGlobal("navigator", { ...navigator, language: "en-GB" });
});

test("an error of the server is said in the language of the page", async () => {
  show(tooLarge, "ko");
  expect(await screen.findByText(/파일이 20 MB보다 큽니다./)).toBeDefined();
});

test("in English it is the server's own sentence", async () => {
  show(tooLarge, "en");
  expect(await screen.findByText(/The upload is larger than 20 MB; send a smaller picture./)).toBeDefined();
});

test("an error that has no translation is shown as the server said it", async () => {
  show(new Problem(422, "A new kind of error.", "brand-new"), "ko");
  expect(await screen.findByText(/A new kind of error./)).toBeDefined();
});

test("no answer at all is explained", async () => {
  show(new Problem(0, ""), "ko");
  expect(await screen.findByText(/ganvas studio/)).toBeDefined();
});

test("an error of the page itself is shown as it is", async () => {
  show(new Error("This file could not be read."), "ko");
  expect(await screen.findByText(/This file could not be read./)).toBeDefined();
});

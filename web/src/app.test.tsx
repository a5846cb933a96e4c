// @vitest-environment jsdom
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { App } from "./app";

const ANSWERS: Record<string, unknown> = {
  "/v1/health": { status: "ok", catalogue: null, shares: false },
  "/v1/bundles": { bundles: [], refused: [] },
  "/v1/runs": { runs: [] },
};

function studio(answers: Record<string, unknown> = ANSWERS) {
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const path = new URL(typeof input === "string" ? input : input.url, window.location.href).pathname;
    return path in answers ? Response.json(answers[path]) : Response.json({ detail: "Nothing here." }, { status: 404 });
  });
}

beforeEach(() => {
  studio();
  vi.stubGlobal("scrollTo", vi.fn());
});

const navigation = () => within(screen.getByRole("navigation", { name: "Main" }));

test("the navigation leads to the pages, and marks the one that is open", async () => {
  render(<App />);
  const links = navigation().getAllByRole("link");
  expect(links.map((link) => link.textContent)).toEqual([
    "Home",
    "Draw",
    "Generate",
    "Translate",
    "Make-up",
    "Card",
    "Look-alike",
    "Montage",
    "Opinion",
    "Train",
    "Runs",
  ]);
  expect(navigation().getByRole("link", { current: "page" }).textContent).toBe("Home");
  await userEvent.click(navigation().getByRole("link", { name: "Runs" }));
  expect(window.location.pathname).toBe("/runs");
  expect(await screen.findByRole("heading", { name: "No runs yet" }, { timeout: 5000 })).toBeDefined();
  expect(navigation().getByRole("link", { current: "page" }).textContent).toBe("Runs");
  expect(document.activeElement?.id).toBe("main");
});

test("an open catalogue has an entry in the navigation and a notice on the home page", async () => {
  studio({ ...ANSWERS, "/v1/health": { status: "ok", catalogue: "faces", shares: false } });
  render(<App />);
  expect(await navigation().findByRole("link", { name: "Curate" })).toBeDefined();
  expect(await screen.findByText(/faces/)).toBeDefined();
});

test("an address that leads nowhere says so", () => {
  window.history.replaceState(null, "", "/nothing/here");
  render(<App />);
  expect(screen.getByRole("heading", { name: "There is nothing here" })).toBeDefined();
});

test("the language is switched at once and remembered", async () => {
  const { unmount } = render(<App />);
  await userEvent.click(screen.getByRole("button", { name: /Switch to Korean/ }));
  expect(screen.getByRole("link", { name: "홈" })).toBeDefined();
  await waitFor(() => expect(document.documentElement.lang).toBe("ko"));
  unmount();
  render(<App />);
  expect(screen.getByRole("link", { name: "홈" })).toBeDefined();
});

test("a studio that does not answer is reported with a way to try again", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  render(<App />);
  expect((await screen.findByRole("alert", {}, { timeout: 5000 })).textContent).toContain("ganvas studio");
  studio();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No models yet", {}, { timeout: 5000 })).toBeDefined();
});

test("an empty studio offers a sample training, which leads to its run", async () => {
  window.history.replaceState(null, "", "/runs");
  studio({
    ...ANSWERS,
    "/v1/sample-training": { run: "sample avatars" },
    "/v1/trainings": { trainings: [], deleted: [] },
  });
  render(<App />);
  await userEvent.click(await screen.findByRole("button", { name: "Try with sample avatars" }, { timeout: 5000 }));
  await waitFor(() => expect(window.location.pathname).toBe("/runs/sample%20avatars"));
});

// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { Chart } from "./chart";

const series = ["D/loss", "G/loss"].map((key, k) => ({
  key,
  points: [1, 2, 3, 4].map((x) => ({ x, y: x * 10 ** k })),
}));

function Losses() {
  const [cursor, setCursor] = useState<number | null>(null);
  return <Chart title="Losses" series={series} smoothing={0} log={false} cursor={cursor} point={setCursor} />;
}

const slider = () => screen.getByRole("slider", { name: "Losses" });
const spoken = () => slider().getAttribute("aria-valuetext");

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
});

test("the keys move the cursor over the moments and stop at both ends", async () => {
  render(<Losses />);
  expect(spoken()).toBe("4 kimg: D/loss 4, G/loss 40");
  slider().focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(spoken()).toBe("3 kimg: D/loss 3, G/loss 30");
  await userEvent.keyboard("{Home}{ArrowLeft}");
  expect(spoken()).toBe("1 kimg: D/loss 1, G/loss 10");
  await userEvent.keyboard("{End}{ArrowRight}");
  expect(spoken()).toBe("4 kimg: D/loss 4, G/loss 40");
  await userEvent.tab();
  expect(slider().getAttribute("aria-valuenow")).toBe("4");
});

test("the legend hides a curve from the chart and from what is read out", async () => {
  const { container } = render(<Losses />);
  const curves = () =>
    [...container.querySelectorAll("path[data-series]")].map((path) => path.getAttribute("data-series"));
  expect(curves()).toEqual(["D/loss", "G/loss"]);
  await userEvent.click(screen.getByRole("button", { name: /D\/loss/ }));
  expect(curves()).toEqual(["G/loss"]);
  expect(spoken()).toBe("4 kimg: G/loss 40");
  await userEvent.click(screen.getByRole("button", { name: /D\/loss/ }));
  expect(curves()).toEqual(["D/loss", "G/loss"]);
});

test("terms are explained once each", async () => {
  render(<Losses />);
  expect(screen.getAllByRole("term").map((term) => term.textContent)).toEqual(["loss"]);
});

test("one measurement is a dot with its value, since it makes no line", () => {
  const one = [
    { key: "D/loss", points: [{ x: 1, y: 0.5 }] },
    { key: "G/loss", points: [{ x: 1, y: 0.875 }] },
    { key: "G/other", points: [{ x: 1, y: 0.876 }] }, // its value would lie upon that of G/loss
  ];
  const values = () => [...container.querySelectorAll("g:has(> [data-point]) > text")].map((text) => text.textContent);
  const { container, rerender } = render(
    <Chart title="Losses" series={one} smoothing={0} log={false} cursor={null} point={() => {}} />,
  );
  expect(container.querySelectorAll("circle[data-point='D/loss']")).toHaveLength(1);
  expect(values()).toEqual(["0.5", "0.875"]);
  rerender(<Chart title="Losses" series={series} smoothing={0} log={false} cursor={null} point={() => {}} />);
  expect(container.querySelectorAll("circle[data-point]")).toHaveLength(0);
});

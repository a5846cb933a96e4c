// @vitest-environment jsdom
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { FEATURES } from "./features";

test("each folder of features is in the list under its own name, once", () => {
  const folders = readdirSync("src/features", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(FEATURES.map(({ name }) => name).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test("no two features have the same route, and each entry of the navigation leads to its own feature", () => {
  const routes = FEATURES.flatMap((feature) => feature.routes);
  expect(new Set(routes).size).toBe(routes.length);
  for (const { nav, routes } of FEATURES)
    if (nav)
      expect(
        routes.some(
          (pattern) => pattern.replace(/\/:.*$/, "") === nav.address.replace(/\/$/, "") || pattern === nav.address,
        ),
      ).toBe(true);
});

test.each(FEATURES.map((feature) => [feature.name, feature] as const))(
  "the page of %s is a module of its own that exports a component",
  async (name) => {
    const module: Record<string, unknown> = await import(`./features/${name}/page.tsx`);
    expect(Object.values(module).filter((each) => typeof each === "function")).toHaveLength(1);
  },
);

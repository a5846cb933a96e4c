import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).map((name) => join("src", name));
const modules = files.filter((name) => name.endsWith(".module.css"));
const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The classes that a module defines, without those of other sheets. */
function defined(module: string): Set<string> {
  const text = readFileSync(module, "utf8")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/:global\([^()]*(?:\([^()]*\)[^()]*)*\)/g, "");
  const selectors = [...text.matchAll(/([^{}]+)\{/g)].map(([, selector = ""]) => selector);
  return new Set(
    selectors.flatMap((one) => [...one.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name = ""]) => camel(name))),
  );
}

const used = new Map(modules.map((module) => [module, new Set<string>()]));
for (const file of files.filter((name) => name.endsWith(".tsx"))) {
  const text = readFileSync(file, "utf8");
  for (const [, name, path = ""] of text.matchAll(/import (\w+) from "(\.[^"]+\.module\.css)"/g)) {
    const names = used.get(join(dirname(file), path));
    for (const [, key = ""] of text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))) names?.add(key);
  }
}

test.each(modules)("%s defines exactly the classes that are used of it", (module) => {
  expect([...(used.get(module) ?? [])].sort()).toEqual([...defined(module)].sort());
});

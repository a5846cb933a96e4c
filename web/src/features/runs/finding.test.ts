import { expect, test } from "vitest";
import { findingOf } from "./finding";
import { translations } from "./words";

const finding = (name: string, params: Record<string, string | number> = {}) => ({
  name,
  params,
  level: "warning" as const,
  sentence: "The server's own.",
  advice: "",
});

test.each(["en", "ko"] as const)(
  "a finding is said with its values, or without those that an older run lacks (%s)",
  (language) => {
    const { troubles } = translations[language];
    const whole = findingOf(troubles, finding("discriminator_overpowers", { accuracy: 98, gap: 12 }));
    expect(whole).toContain("98 %");
    expect(whole).toContain("12");
    for (const name of Object.keys(troubles)) {
      const bare = findingOf(troubles, finding(name));
      expect(bare).not.toMatch(/[{}]/);
      expect(bare).not.toContain("()");
    }
  },
);

test("a finding that is not known is said in the server's words", () => {
  expect(findingOf(translations.ko.troubles, finding("something_new"))).toBe("The server's own.");
});

test("both languages have the same findings", () => {
  expect(Object.keys(translations.ko.troubles).sort()).toEqual(Object.keys(translations.en.troubles).sort());
});

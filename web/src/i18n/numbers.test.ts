import { expect, test } from "vitest";
import { count, duration, figure, higherIsBetter, kimg, metricName, spread } from "./numbers";

test.each([
  [0, "0"],
  [0.00001234, "1.23e-5"],
  [0.12345, "0.123"],
  [12.345, "12.3"],
  [123.456, "123.5"],
  [12345.6, "12,346"],
  [2e6, "2.00e+6"],
  [-0.5, "-0.5"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "–"],
])("the number %d is read as %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

test("a deviation has as many decimal places as its value", () => {
  expect(spread(0.123, 12.34)).toBe("0.1");
  expect(spread(0.5, 0.123)).toBe("0.500");
  expect(spread(0.0004, 12.34)).toBe("0.0004"); // and is never rounded to nothing
  expect(spread(0, 12.34)).toBe("0.0");
});

test("thousands of pictures keep the places that matter", () => {
  expect([0.256, 5, 12.34, 250.4].map(kimg)).toEqual(["0.26", "5", "12.3", "250"]);
});

test("times are said in the two largest units, in the language of the page", () => {
  expect(duration(42, "en")).toBe("42 s");
  expect(duration(125, "en")).toBe("2 min 5 s");
  expect(duration(1500, "en")).toBe("25 min");
  expect(duration(7260, "en")).toBe("2 h 1 min");
  expect(duration(7260, "ko")).toBe("2시간 1분");
  expect(duration(-3, "en")).toBe("0 s");
});

test("large counts are shortened", () => {
  expect([999, 1234, 12_345, 2_500_000].map(count)).toEqual(["999", "1,234", "12 k", "2.5 M"]);
});

test("a metric is named with its features unless they are the usual ones", () => {
  expect(metricName("fid")).toBe("FID");
  expect(metricName("kid_effnet")).toBe("KID (EfficientNet)");
  expect(metricName("own_measure")).toBe("own (measure)");
  expect(higherIsBetter("psnr")).toBe(true);
  expect(higherIsBetter("kid_effnet")).toBe(false);
});

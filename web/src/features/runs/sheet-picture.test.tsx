// @vitest-environment jsdom
// A sheet that does not come is an empty frame with words, and is loaded again when the studio answers again.
import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { noteAnswer } from "../../api/connection";
import { SheetPicture } from "./sheet-picture";

const missing = "Samples after 1 kimg: the picture could not be loaded.";

test("words stand in the frame until the studio is back", () => {
  render(<SheetPicture url="/1.png" nimg={1000} />);
  act(() => noteAnswer(false));
  expect(screen.queryByText(missing)).toBeNull(); // what was loaded stays
  fireEvent.error(screen.getByRole("img"));
  expect(screen.queryByRole("img")).toBeNull();
  expect(screen.getByText(missing)).toBeTruthy();
  act(() => noteAnswer(true));
  expect(screen.getByRole("img").getAttribute("src")).toBe("/1.png");
});

test("another sheet is tried although the one before did not come", () => {
  const { rerender } = render(<SheetPicture url="/1.png" nimg={1000} />);
  fireEvent.error(screen.getByRole("img"));
  rerender(<SheetPicture url="/2.png" nimg={2000} />);
  expect(screen.getByRole("img", { name: "Samples after 2 kimg" })).toBeTruthy();
});

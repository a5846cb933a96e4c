// Runs after each test: the page of one test is gone before the next.
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// The tests in Python may run beside: what is waited for comes, but not within the usual second.
configure({ asyncUtilTimeout: 20_000 });

afterEach(() => {
  if (typeof window === "undefined") return;
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});

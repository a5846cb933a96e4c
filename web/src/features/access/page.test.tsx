// @vitest-environment jsdom
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { App } from "../../app";

const NOBODY = { role: null, name: "", named: false, signed_in: false, local: false };
const sent: { token: string; name: string }[] = [];
let session: object;

beforeEach(() => {
  session = NOBODY;
  sent.length = 0;
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/session" && request.method === "POST") {
      const body = (await request.json()) as { token: string; name: string };
      sent.push(body);
      if (body.token !== "right-token")
        return Response.json({ detail: "Wrong.", code: "", params: {} }, { status: 403 });
      session = { role: "player", name: body.name, named: false, signed_in: true, local: false };
      return Response.json(session);
    }
    if (pathname === "/v1/session" && request.method === "DELETE") {
      session = NOBODY;
      return new Response(null, { status: 204 });
    }
    if (pathname === "/v1/session") return Response.json(session);
    if (pathname === "/v1/health") return Response.json({ status: "ok", catalogue: null, shares: false });
    if (pathname === "/v1/bundles") return Response.json({ bundles: [], refused: [] });
    return Response.json({ detail: "No.", code: "", params: {} }, { status: 401 });
  });
  window.history.replaceState(null, "", "/");
});

const patient = { timeout: 5000 };

test("who is not signed in sees the page for signing in at any address, and the page that was wanted afterwards", async () => {
  window.history.replaceState(null, "", "/draw");
  render(<App />);
  await userEvent.type(await screen.findByLabelText("Token", {}, patient), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert", {}, patient)).textContent).toContain("Wrong.");
  await userEvent.clear(screen.getByLabelText("Token"));
  await userEvent.type(screen.getByLabelText("Token"), " right-token ");
  await userEvent.type(screen.getByLabelText("Your name (optional)"), "Ann");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(screen.queryByLabelText("Token")).toBeNull(), patient);
  expect(sent.at(-1)).toEqual({ token: "right-token", name: "Ann" });
  expect(window.location.pathname).toBe("/draw");
  expect(screen.getByText("Signed in: Ann, player")).toBeDefined();
  expect(screen.queryByRole("link", { name: "Runs" })).toBeNull();
});

test("a link signs in, and its token leaves the address at once", async () => {
  window.history.replaceState(null, "", "/sign-in#token=right-token");
  render(<App />);
  expect(await screen.findByText("No models yet", {}, patient)).toBeDefined();
  expect(window.location.hash).toBe("");
  expect(sent).toHaveLength(1);
});

test("signing out shows the page for signing in again", async () => {
  session = { role: "owner", name: "", named: false, signed_in: true, local: false };
  render(<App />);
  await userEvent.click(await screen.findByRole("button", { name: "Sign out" }, patient));
  expect(await screen.findByLabelText("Token", {}, patient)).toBeDefined();
});

test("on the machine itself nothing speaks of signing in", async () => {
  session = { role: "owner", name: "", named: false, signed_in: false, local: true };
  render(<App />);
  expect(await screen.findByText("No models yet", {}, patient)).toBeDefined();
  expect(screen.queryByText(/[Ss]ign/)).toBeNull();
});

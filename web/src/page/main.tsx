import "@fontsource-variable/geist/wght.css";
import "../ui/tokens.css";
import "../ui/base.css";
import "../ui/controls.css";
import "../ui/feedback.css";
import "../ui/workspace.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

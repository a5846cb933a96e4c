import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/geist/wght.css";
import { App } from "./app";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/pages.css";
import "./features/generate/generate.css";
import "./features/translate/translate.css";
import "./features/draw/draw.css";
import "./features/curate/curate.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

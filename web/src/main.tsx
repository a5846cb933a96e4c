import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/geist/wght.css";
import { App } from "./app";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";
import "./explore/explore.css";
import "./translate/translate.css";
import "./draw/draw.css";
import "./review/review.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

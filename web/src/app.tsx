import { lazy, Suspense, useEffect, useRef } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useHealth } from "./api/use-health";
import { HomePage } from "./pages/home";
import { MissingPage } from "./pages/missing";
import { Press } from "./parts/controls";
import { Waiting } from "./parts/feedback";
import { Mark } from "./parts/icons";
import { ThemeChoice } from "./parts/theme";
import { ReviewCall, ReviewLink } from "./review/call";
import { SpeechProvider, useSpeech } from "./words/words";

// Each page comes when it is first opened: whoever draws on a phone need not wait for the reviewer's tools.
const DrawPage = lazy(() => import("./pages/draw").then((page) => ({ default: page.DrawPage })));
const GeneratePage = lazy(() => import("./pages/generate").then((page) => ({ default: page.GeneratePage })));
const ReviewPage = lazy(() => import("./pages/review").then((page) => ({ default: page.ReviewPage })));
const RunPage = lazy(() => import("./pages/run").then((page) => ({ default: page.RunPage })));
const RunsPage = lazy(() => import("./pages/runs").then((page) => ({ default: page.RunsPage })));
const TranslatePage = lazy(() => import("./pages/translate").then((page) => ({ default: page.TranslatePage })));

function Header() {
  const { words, language, speak } = useSpeech();
  const [path] = useLocation();
  const place = (where: string) =>
    path === where || (where !== "/" && path.startsWith(where)) ? "page" : undefined;
  return (
    <header className="top">
      <div className="top-inner">
        <Link href="/" className="brand" aria-label="Ganvas">
          <Mark />
          <span>Ganvas</span>
        </Link>
        <nav aria-label={words.nav.label}>
          <Link href="/" aria-current={place("/")}>
            {words.nav.home}
          </Link>
          <Link href="/draw" aria-current={place("/draw")}>
            {words.draw.title}
          </Link>
          <Link href="/translate" aria-current={place("/translate")}>
            {words.translate.nav}
          </Link>
          <Link href="/runs" aria-current={place("/runs")}>
            {words.nav.runs}
          </Link>
          <ReviewLink />
        </nav>
        <Press
          look="bare"
          aria-label={words.languageLabel}
          onPress={() => speak(language === "ko" ? "en" : "ko")}
        >
          <span lang={language === "ko" ? "en" : "ko"}>{words.language}</span>
        </Press>
      </div>
    </header>
  );
}

function Footer() {
  const { words } = useSpeech();
  const shares = useHealth()?.shares;
  return (
    <footer className="bottom">
      <div className="bottom-inner">
        <p>{shares ? words.footerShares : words.footer}</p>
        <ThemeChoice />
      </div>
    </footer>
  );
}

function Pages() {
  const { words } = useSpeech();
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const arrived = useRef(path);
  useEffect(() => {
    // A new page begins at its top, for the eye and for a screen reader alike.
    if (arrived.current === path) return;
    arrived.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <>
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/">
              <ReviewCall />
              <HomePage />
            </Route>
            <Route path="/generate/:bundle">{({ bundle }) => <GeneratePage key={bundle} id={bundle} />}</Route>
            <Route path="/draw/:bundle?">{({ bundle }) => <DrawPage key={bundle} id={bundle} />}</Route>
            <Route path="/translate/:bundle?">{({ bundle }) => <TranslatePage id={bundle} />}</Route>
            <Route path="/runs">
              <RunsPage />
            </Route>
            <Route path="/runs/:run">{({ run }) => <RunPage key={run} id={run} />}</Route>
            <Route path="/review/:round?/:part?">
              {({ round, part }) => <ReviewPage {...(round ? { round } : {})} {...(part ? { part } : {})} />}
            </Route>
            <Route>
              <MissingPage />
            </Route>
          </Switch>
        </Suspense>
      </main>
      <Footer />
    </>
  );
}

export function App() {
  return (
    <SpeechProvider>
      <Pages />
    </SpeechProvider>
  );
}

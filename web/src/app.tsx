// The frame of every page: header, navigation, footer, and the routes of the features.
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect, useRef, useState } from "react";
import { Link, Route, Router, Switch, useLocation, useSearch } from "wouter";
import { makeQueryClient, useHealth, useSession } from "./api/queries";
import { ROOT } from "./api/root";
import styles from "./app.module.css";
import type { Feature, NavigationEntry, NavigationGroup } from "./feature";
import { FEATURES } from "./features";
import { access } from "./features/access";
import { useErrorTable } from "./i18n/errors";
import { type Language, LanguageProvider, useLanguage, useWords } from "./i18n/provider";
import { Account } from "./ui/account";
import { Button } from "./ui/controls";
import { Waiting } from "./ui/feedback";
import { Mark } from "./ui/icons";
import { Lost } from "./ui/lost";
import { MissingPage } from "./ui/missing-page";
import { ThemeChoice } from "./ui/theme";

const GROUPS: readonly NavigationGroup[] = ["use", "make"];

const always = () => true;

const entriesOf = ({ nav, also = [], words }: Feature, language: Language) => [
  ...(nav ? [{ ...nav, text: (words[language] as { nav: string }).nav }] : []),
  ...also.map((entry) => ({ ...entry, text: entry.text[language] })),
];

const QUERIES = FEATURES.flatMap(({ also = [] }) => also.flatMap(({ query }) => query ?? []));

function NavigationLink({ entry, text }: { entry: NavigationEntry; text: string }) {
  const [path] = useLocation();
  const query = new URLSearchParams(useSearch());
  const { address, query: own, useShown = always } = entry;
  const place = address.replace(/\?.*/, "");
  const named = own ? query.has(own) : !QUERIES.some((name) => query.has(name));
  const shown = useShown();
  const isHere = shown && (path === place || (place !== "/" && path.startsWith(place))) && named;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // On a phone the row is longer than the screen. Some entries appear late.
    if (isHere) link.current?.scrollIntoView?.({ inline: "center", block: "nearest" });
  }, [isHere]);
  if (!shown) return null;
  return (
    <Link ref={link} href={address} aria-current={isHere ? "page" : undefined}>
      {text}
    </Link>
  );
}

function Header() {
  const { language, setLanguage } = useLanguage();
  const words = useWords();
  const entries = FEATURES.flatMap((feature) => entriesOf(feature, language));
  return (
    <header className={styles.top}>
      <div className={styles.topInner}>
        <Link href="/" className={styles.brand} aria-label="Ganvas">
          <Mark />
          <span>Ganvas</span>
        </Link>
        <nav aria-label={words.navigation}>
          {GROUPS.map((group) => (
            <div key={group} className={styles.group} role="group" aria-label={words.navigationGroups[group]}>
              {entries
                .filter((entry) => (entry.group ?? "make") === group)
                .map((entry) => (
                  <NavigationLink key={entry.address} entry={entry} text={entry.text} />
                ))}
            </div>
          ))}
        </nav>
        <Button
          variant="bare"
          aria-label={`${words.language}: ${words.languageLabel}`}
          onPress={() => setLanguage(language === "ko" ? "en" : "ko")}
        >
          <span lang={language === "ko" ? "en" : "ko"}>{words.language}</span>
        </Button>
      </div>
      <Lost />
    </header>
  );
}

function Footer() {
  const words = useWords();
  const shares = useHealth()?.shares;
  const here = useSession()?.local ?? true;
  const kept = here
    ? shares
      ? words.footerShares
      : words.footer
    : shares
      ? words.footerElsewhereShares
      : words.footerElsewhere;
  return (
    <footer className={styles.bottom}>
      <div className={styles.bottomInner}>
        <p>{kept}</p>
        <Account />
        <ThemeChoice />
      </div>
    </footer>
  );
}

function Notices() {
  return FEATURES.map(({ name, notice: Notice }) => Notice && <Notice key={name} />);
}

const routesOf = ({ name, routes, page: Page }: Feature) =>
  routes.map((pattern) => (
    <Route key={`${name} ${pattern}`} path={pattern}>
      {(params) => <Page params={params} />}
    </Route>
  ));

function Pages() {
  const words = useWords();
  useErrorTable(); // at hand before the first error
  const [path] = useLocation();
  const session = useSession();
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
      <a className={styles.skip} href="#main">
        {words.skip}
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          {session?.role === null ? (
            <access.page params={{}} />
          ) : (
            <>
              {path === "/" && <Notices />}
              <Switch>
                {FEATURES.flatMap(routesOf)}
                <Route>
                  <MissingPage />
                </Route>
              </Switch>
            </>
          )}
        </Suspense>
      </main>
      <Footer />
    </>
  );
}

export function App() {
  const [client] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <Router base={ROOT}>
          <Pages />
        </Router>
      </LanguageProvider>
    </QueryClientProvider>
  );
}

// What a feature of the studio declares about itself.
import type { ComponentType, LazyExoticComponent } from "react";
import type { Sheet } from "./api/types";
import type { Translations } from "./i18n/provider";

/** The parts of the address that a route's pattern names. */
export type RouteParams = Readonly<Record<string, string | undefined>>;

export type PageProps = { params: RouteParams };

/** A sample sheet, and the id of its run. */
export type SheetProps = { run: string; sheet: Sheet };

export type NavigationEntry = {
  /** Where the entry leads. */
  address: string;
  /** Whether the entry is shown; left out: always. */
  useShown?: () => boolean;
  /** The group of entries that it belongs to; left out: "make". */
  group?: NavigationGroup;
  /** A name in the query that tells the address from others of its page. */
  query?: string;
};

/** What people want to do: use models, or make them. */
export type NavigationGroup = "use" | "make";

type Base = {
  /** The name of the feature's folder. */
  name: string;
  /** Patterns of the addresses that show its page. */
  routes: readonly string[];
  /** Its page, loaded when it is first opened. */
  page: LazyExoticComponent<ComponentType<PageProps>>;
  /** Further entries in the navigation, each with its own text. */
  also?: readonly (NavigationEntry & { text: Translations<string> })[];
  /** What it offers for a sample sheet of a training, where it has something to offer. */
  sheet?: { shown: (sheet: Sheet) => boolean; part: LazyExoticComponent<ComponentType<SheetProps>> };
  /** What it announces above the home page. */
  notice?: ComponentType;
};

/** A feature either has an entry in the navigation, whose text is `words.nav`, or is reached from other pages. */
export type Feature = Base &
  ({ nav: NavigationEntry; words: Translations<{ nav: string }> } | { nav: null; words: Translations<object> });

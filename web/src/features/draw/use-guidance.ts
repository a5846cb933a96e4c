// How close a portrait keeps to the drawing: what the model offers, and what was chosen for it.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import { recall, remember } from "../../ui/local-storage";
import { type Parts, readParts } from "./api";
import type { Settings } from "./store";

const chosen = new Map<string, Settings>(); // by bundle: choices outlive a look at another page

export type Guidance = {
  /** Nothing: the model knows no manifold. */
  parts: Parts | undefined;
  error: unknown;
  settings: Settings | undefined;
  change: (settings: Settings) => void;
  shadow: boolean;
  showShadow: (shadow: boolean) => void;
  /** Whether a face is brought to where the model expects it. */
  place: boolean;
  setPlace: (place: boolean) => void;
};

export function useGuidance(bundle: BundleCard): Guidance {
  const known = can(bundle, "codes");
  const { data: parts, error } = useQuery({
    queryKey: ["bundles", bundle.id, "portrait"],
    queryFn: ({ signal }) => readParts(bundle.id, signal),
    enabled: known,
  });
  const [settings, setSettings] = useState(() => chosen.get(bundle.id));
  const [shadow, setShadow] = useState(() => recall("shadow") !== "no");

  const change = useCallback(
    (next: Settings) => {
      chosen.set(bundle.id, next);
      setSettings(next);
    },
    [bundle.id],
  );
  const showShadow = useCallback((next: boolean) => {
    remember("shadow", next ? null : "no");
    setShadow(next);
  }, []);
  const [place, setPlaceShown] = useState(() => recall("place") !== "no");
  const setPlace = useCallback((next: boolean) => {
    remember("place", next ? null : "no");
    setPlaceShown(next);
  }, []);
  const usual = useMemo<Settings | undefined>(
    () =>
      parts && {
        own: Object.fromEntries(parts.parts.map((part) => [part, parts.t.usual])),
        k: parts.k.usual,
        colours: {},
      },
    [parts],
  );
  return {
    parts,
    error: error ?? undefined,
    settings: settings ?? usual,
    change,
    shadow: known && shadow,
    showShadow,
    place: known && place,
    setPlace,
  };
}

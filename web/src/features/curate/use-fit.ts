import { type RefObject, useLayoutEffect, useState } from "react";

export type Fit = { width: number; height: number };

/** The size of an element, measured when it changes and never while pictures are gone through. */
export function useFit(element: RefObject<HTMLElement | null>): Fit {
  const [fit, setFit] = useState<Fit>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = box;
      setFit((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return fit;
}

// Icons of the Draw page alone, on the grid of the others.
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const MirrorIcon = () => (
  <Icon>
    <path d="M10 3v2 M10 7.500v2 M10 12v2 M10 16v1 M7.500 6v8.500H2.500z M12.500 6v8.500h5z" />
  </Icon>
);
export const OpenIcon = () => (
  <Icon>
    <path d="M2.500 15.500v-11h5l1.800 2h6.200v2.500 M2.500 15.500l2.300-6.500h13l-2.300 6.500z" />
  </Icon>
);
export const KeepIcon = () => (
  <Icon>
    <path d="M10 4.500v11 M4.500 10h11" />
  </Icon>
);
export const BothIcon = () => (
  <Icon>
    <path d="M3 5h6v10H3z M11 5h6v10h-6z M13 11.500l1.500 1.500 1.500-1.500" />
  </Icon>
);

// The review's line icons, on the same 20-unit grid as the others.
import type { ReactNode } from "react";

const Icon = ({ children }: { children: ReactNode }) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    {children}
  </svg>
);

export const GridIcon = () => (
  <Icon>
    <path d="M3.500 3.500h5v5h-5z M11.500 3.500h5v5h-5z M3.500 11.500h5v5h-5z M11.500 11.500h5v5h-5z" />
  </Icon>
);
export const ZoomIcon = () => (
  <Icon>
    <path d="M8.700 3.500a5.200 5.200 0 100 10.400 5.200 5.200 0 000-10.400z M12.600 12.600l4 4 M6.500 8.700h4.400 M8.700 6.500v4.400" />
  </Icon>
);
export const CompareIcon = () => (
  <Icon>
    <path d="M3.500 5h5v10h-5z M11.500 5h5v10h-5z M10 2.500v15" />
  </Icon>
);
export const KeysIcon = () => (
  <Icon>
    <path d="M2.500 5.500h15v9h-15z M5.500 8.500h.01 M8.500 8.500h.01 M11.500 8.500h.01 M14.500 8.500h.01 M6.500 11.800h7" />
  </Icon>
);
export const DropIcon = () => (
  <Icon>
    <path d="M10 3a7 7 0 100 14 7 7 0 000-14z M5.200 5.200l9.600 9.600" />
  </Icon>
);
export const SkipIcon = () => (
  <Icon>
    <path d="M5 5l7 5-7 5z M15 5v10" />
  </Icon>
);
export const FlipIcon = () => (
  <Icon>
    <path d="M8 5v10H3z M12 5v10h5z M10 3v14" />
  </Icon>
);

// Line icons on a 20-unit grid, drawn for this app. They are decoration: the control beside them has the name.
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const PenIcon = () => (
  <Icon>
    <path d="M3.5 16.5l1-4L13.7 3.3a1.6 1.6 0 012.3 0l.7.7a1.6 1.6 0 010 2.3L7.5 15.500z M12 5l3 3" />
  </Icon>
);
export const EraserIcon = () => (
  <Icon>
    <path d="M8 16.500l-4.300-4.300a1.500 1.500 0 010-2.100l6.400-6.400a1.500 1.500 0 012.100 0l4.100 4.100a1.500 1.500 0 010 2.100L9.800 16.500H17 M7 7l6 6" />
  </Icon>
);
export const UndoIcon = () => (
  <Icon>
    <path d="M7 4L3.500 7.500 7 11 M3.500 7.500h8a4.500 4.500 0 010 9H8" />
  </Icon>
);
export const RedoIcon = () => (
  <Icon>
    <path d="M13 4l3.500 3.500L13 11 M16.500 7.500h-8a4.500 4.500 0 000 9H12" />
  </Icon>
);
export const ClearIcon = () => (
  <Icon>
    <path d="M3.500 5.500h13 M8 5.500V3.500h4v2 M5.500 5.500l.7 11h7.600l.7-11 M8.500 9v4.500 M11.500 9v4.500" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.500v9 M6 9l4 4 4-4 M3.500 16.500h13" />
  </Icon>
);
export const LinkIcon = () => (
  <Icon>
    <path d="M8.500 11.500a3.200 3.200 0 004.600 0l2.500-2.500a3.200 3.200 0 00-4.600-4.600L10 5.500 M11.500 8.500a3.200 3.200 0 00-4.600 0L4.400 11a3.200 3.200 0 004.600 4.600l1-1.100" />
  </Icon>
);
export const ShuffleIcon = () => (
  <Icon>
    <path d="M2.500 6h3.200c4.300 0 4.300 8 8.600 8h3 M14.500 11.200L17.300 14l-2.800 2.800 M2.500 14h3.200c1.300 0 2.200-.7 2.900-1.700 M11.400 7.700c.7-1 1.600-1.700 2.900-1.700h3 M14.500 3.200L17.300 6l-2.800 2.800" />
  </Icon>
);
export const PhotoIcon = () => (
  <Icon>
    <path d="M3.500 4.500h13v11h-13z M4 14l4-4 3 3 2-2 3 3 M12.800 7.800h.01" />
  </Icon>
);
export const FaceIcon = () => (
  <Icon>
    <path d="M10 3a7 7 0 100 14 7 7 0 000-14z M7.600 8.500v.6 M12.400 8.500v.6 M7 12.300c1.600 1.800 4.400 1.800 6 0" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M6.500 4.500v11l9-5.500z" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M7 4.500v11 M13 4.500v11" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M5 5l10 10 M15 5L5 15" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M12 4.500L6.500 10l5.500 5.500" />
  </Icon>
);
export const ForwardIcon = () => (
  <Icon>
    <path d="M8 4.500l5.500 5.500L8 15.500" />
  </Icon>
);
export const ChevronDownIcon = () => (
  <Icon>
    <path d="M5.500 8l4.500 4.500L14.500 8" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <path d="M10 6.800a3.200 3.200 0 100 6.400 3.200 3.200 0 000-6.400z M10 2.500v1.500 M10 16v1.500 M2.500 10H4 M16 10h1.500 M4.700 4.700l1 1 M14.300 14.300l1 1 M15.300 4.700l-1 1 M5.700 14.300l-1 1" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M16.300 11.900A6.700 6.700 0 018.100 3.700a6.700 6.700 0 108.200 8.200z" />
  </Icon>
);
export const SystemIcon = () => (
  <Icon>
    <path d="M3 4h14v9.500H3z M7.500 16.500h5 M10 13.500v3" />
  </Icon>
);
export const InfoIcon = () => (
  <Icon>
    <path d="M10 3a7 7 0 100 14 7 7 0 000-14z M10 9.300v4 M10 6.700v.01" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M10 3.500l7.200 12.700H2.800z M10 8.300v3.700 M10 14v.01" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <path d="M7.500 7.500h9v9h-9z M12.500 7.500v-4h-9v9h4" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="M4 10.500l4 4 8-9" />
  </Icon>
);

export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" className="mark-ground" />
    <path d="M22.600 11.200A8.200 8.200 0 1 0 24.200 16h-6.400" className="mark-stroke" />
    <circle cx="24.600" cy="7.600" r="2.600" className="mark-dot" />
  </svg>
);

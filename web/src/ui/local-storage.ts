// Small choices kept in the browser. Storage may be switched off: then they last as long as the page.

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`ganvas.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`ganvas.${key}`);
    else localStorage.setItem(`ganvas.${key}`, value);
  } catch {
    // Nothing to do: the choice holds until the page is closed.
  }
}

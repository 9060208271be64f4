// Light or dark: as the system says, until somebody chooses here.
const CHOSEN = 'signalbox-theme';

export type Theme = 'light' | 'dark';

export const systemTheme = (): Theme =>
  matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

export function chosenTheme(): Theme | undefined {
  const chosen = localStorage.getItem(CHOSEN);
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined;
}

/** @param theme undefined: as the system says again. */
export function chooseTheme(theme: Theme | undefined): void {
  if (theme === undefined) localStorage.removeItem(CHOSEN);
  else localStorage.setItem(CHOSEN, theme);
  showTheme();
}

export function showTheme(): void {
  const theme = chosenTheme();
  const root = document.documentElement;
  if (theme === undefined) root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
}

// The address is the state: rooms, filters and windows of time live in it, so that a link shows
// what its sender saw, and Back goes back.
import { useEffect, useState } from 'preact/hooks';

export type Place = { readonly path: string; readonly query: URLSearchParams };

export const here = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
});

const MOVED = 'signalbox-moved';

/** @param how `replace`: the same page otherwise shown; Back skips it. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === `${location.pathname}${location.search}`) return;
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  dispatchEvent(new Event(MOVED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = (): void => setPlace(here());
    addEventListener(MOVED, moved);
    addEventListener('popstate', moved);
    return () => {
      removeEventListener(MOVED, moved);
      removeEventListener('popstate', moved);
    };
  }, []);
  return place;
}

/** The address with some words of its query changed; undefined takes one out. */
export function withQuery(
  place: Place,
  change: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams(place.query);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined || value === '') query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === '' ? place.path : `${place.path}?${text}`;
}

/** Follows links of our own without loading the page again; leaves all others to the browser. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target.closest('a') : null;
  if (target === null || target.origin !== location.origin || target.hasAttribute('download'))
    return;
  if (target.hash !== '' || target.target !== '') return;
  event.preventDefault();
  go(`${target.pathname}${target.search}`);
}

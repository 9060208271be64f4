// The heading of a room. It takes the focus when somebody comes in by a link, so that who listens
// hears where they are; the first page of a visit leaves the focus where the browser put it.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

let visited = false;

export type TitleProps = { readonly children: ComponentChildren; readonly name?: string };

/** @param name for the window's title, where the heading is not plain text. */
export function Title({ children, name }: TitleProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const word = name ?? String(children);
  useEffect(() => {
    document.title = `${word} · Signalbox`;
  }, [word]);
  // Before the heading can be seen: a key that is pressed at once must not meet the old focus.
  useLayoutEffect(() => {
    if (visited) heading.current?.focus({ preventScroll: true });
    visited = true;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

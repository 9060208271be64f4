// The rooms, and what belongs to all of them.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  Books,
  Flask,
  Flow,
  Gauge,
  Gone,
  Keyboard,
  Mark,
  Moon,
  Plug,
  Rows,
  Scales,
  Signed,
} from './icons.tsx';
import { chooseTheme, chosenTheme, systemTheme, type Theme } from './theme.ts';

const ROOMS: readonly (readonly [path: string, name: string, icon: () => VNode])[] = [
  ['/', 'Overview', Gauge],
  ['/requests', 'Requests', Rows],
  ['/endpoints', 'Endpoints', Plug],
  ['/data-flow', 'Data flow', Flow],
  ['/consents', 'Consents', Signed],
  ['/policies', 'Policies', Scales],
  ['/playground', 'Playground', Flask],
  ['/registry', 'Registry', Books],
];

export type SideProps = {
  readonly path: string;
  readonly onKeys: () => void;
  readonly onLeave: () => void;
};

export function Side({ path, onKeys, onLeave }: SideProps): VNode {
  return (
    <header class="side">
      <a class="brand" href="/">
        <Mark /> Signalbox
      </a>
      <nav aria-label="Rooms">
        <ul>
          {ROOMS.map(([to, name, Icon]) => {
            const inside = to === '/' ? path === '/' : path.startsWith(to);
            return (
              <li key={to}>
                <a href={to} aria-current={inside ? (path === to ? 'page' : 'true') : undefined}>
                  <Icon /> {name}
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      <div class="side-foot">
        <ThemeButton />
        <button type="button" class="button quiet" onClick={onKeys}>
          <Keyboard /> <span>Keys</span>
        </button>
        <button type="button" class="button quiet" onClick={onLeave}>
          <Gone /> <span>Sign out</span>
        </button>
      </div>
    </header>
  );
}

function ThemeButton(): VNode {
  const [theme, setTheme] = useState<Theme>(chosenTheme() ?? systemTheme());
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  const choose = (): void => {
    chooseTheme(other === systemTheme() ? undefined : other);
    setTheme(other);
  };
  return (
    <button type="button" class="button quiet" onClick={choose} aria-label={`Show in ${other}`}>
      <Moon /> <span>{other === 'dark' ? 'Dark' : 'Light'}</span>
    </button>
  );
}

// The rooms, and what belongs to all of them.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Gone, Keyboard, Mark, Moon } from './icons.tsx';
import { isIn, roomsOf } from './rooms.ts';
import { chooseTheme, chosenTheme, systemTheme, type Theme } from './theme.ts';
import { useVisitor } from './visitor.ts';

export type SideProps = {
  readonly path: string;
  readonly onKeys: () => void;
  readonly onLeave: () => void;
};

const WORDS = {
  operator: 'Operator',
  admin: 'Admin',
  auditor: 'Auditor',
  finance: 'Finance',
} as const;

export function Side({ path, onKeys, onLeave }: SideProps): VNode {
  const visitor = useVisitor();
  return (
    <header class="side">
      <a class="brand" href="/">
        <Mark /> Signalbox
      </a>
      {visitor.tenant !== undefined && (
        <p class="whose">
          <span class="heard">{WORDS[visitor.role]} of </span>
          {visitor.tenant}
        </p>
      )}
      <nav aria-label="Rooms">
        <ul>
          {roomsOf(visitor).map((room) => {
            const { path: to, name, Icon } = room;
            const here = path === to ? 'page' : 'true';
            return (
              <li key={to}>
                <a href={to} aria-current={isIn(room, path) ? here : undefined}>
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

// Every command by its first word. A noun is loaded when it is asked for: starting a server loads
// nothing of the commands that talk to one.
import type { Command } from './command.ts';

export type Noun = { readonly load: () => Promise<readonly Command[]> };

export const NOUN_FILES: Readonly<Record<string, Noun>> = {
  up: { load: async () => [(await import('./up.ts')).up] },
  ask: { load: async () => (await import('./commands/ask.ts')).commands },
  explain: { load: async () => (await import('./commands/explain.ts')).commands },
  config: { load: async () => (await import('./commands/config.ts')).commands },
};

export async function everyCommand(): Promise<readonly Command[]> {
  const loaded = await Promise.all(Object.values(NOUN_FILES).map(({ load }) => load()));
  return loaded.flat();
}

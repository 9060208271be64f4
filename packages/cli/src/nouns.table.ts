// Every command by its first word. A noun is loaded when it is asked for: starting a server loads
// nothing of the commands that talk to one.
import type { Command } from './command.ts';

export type Noun = { readonly load: () => Promise<readonly Command[]> };

export const NOUN_FILES: Readonly<Record<string, Noun>> = {
  up: { load: async () => [(await import('./up.ts')).up] },
  init: { load: async () => (await import('./commands/init.ts')).commands },
  ask: { load: async () => (await import('./commands/ask.ts')).commands },
  explain: { load: async () => (await import('./commands/explain.ts')).commands },
  tail: { load: async () => (await import('./commands/tail.ts')).commands },
  endpoint: { load: async () => (await import('./commands/endpoint.ts')).commands },
  tenant: { load: async () => (await import('./commands/tenant.ts')).commands },
  key: { load: async () => (await import('./commands/key.ts')).commands },
  consent: { load: async () => (await import('./commands/consent.ts')).commands },
  event: { load: async () => eventCommands('event') },
  delivery: { load: async () => eventCommands('delivery') },
  session: { load: async () => (await import('./commands/session.ts')).commands },
  model: { load: async () => (await import('./commands/model.ts')).commands },
  plan: { load: () => textCommands('plan') },
  ring: { load: () => textCommands('ring') },
  alias: { load: () => textCommands('alias') },
  price: { load: () => textCommands('price') },
  node: { load: async () => (await import('./commands/node.ts')).commands },
  policy: { load: async () => (await import('./commands/policy.ts')).commands },
  route: { load: async () => (await import('./commands/route.ts')).commands },
  report: { load: async () => (await import('./commands/report.ts')).commands },
  eval: { load: async () => (await import('./commands/eval.ts')).commands },
  config: { load: async () => (await import('./commands/config.ts')).commands },
  import: { load: async () => (await import('./commands/import.ts')).commands },
  console: { load: async () => (await import('./commands/console.ts')).commands },
  doctor: { load: async () => (await import('./commands/doctor.ts')).commands },
  api: { load: async () => (await import('./commands/api.ts')).commands },
};

/** Two nouns of one file. */
async function eventCommands(noun: 'event' | 'delivery'): Promise<readonly Command[]> {
  const { commands } = await import('./commands/event.ts');
  return commands.filter((one) => one.name.startsWith(`${noun} `));
}

/** Nouns of one file, with the same verbs. */
async function textCommands(word: string): Promise<readonly Command[]> {
  return (await import('./commands/text-nouns.ts')).commandsOf(word);
}

export async function everyCommand(): Promise<readonly Command[]> {
  const loaded = await Promise.all(Object.values(NOUN_FILES).map(({ load }) => load()));
  return loaded.flat();
}

// A call that somebody describes with flags.
import { readLabel } from '@signalbox/contract';
import {
  type Configuration,
  ownTypesOf,
  type StrangeWord,
  strangeKind,
  strangeRegion,
} from '@signalbox/documents';
import {
  type Imagined,
  keysOf,
  OPERATIONS,
  type Snapshot,
  type TenantFacts,
  tenantAsIf,
  tenantsIn,
} from '@signalbox/engine';
import type { Asked, FlagFacts } from '../command.ts';
import { misused } from '../exit.ts';
import { unknownName } from './admin.ts';

export const CALL_FLAGS: Readonly<Record<string, FlagFacts>> = {
  tenant: { says: 'Who calls; the only one where there is one.', takes: 'NAME' },
  key: { says: 'With this key; else with one without limits.', takes: 'NAME' },
  model: { says: 'The model that is asked for; auto.', takes: 'NAME' },
  step: { says: 'Step class.', takes: 'CLASS' },
  agent: { says: 'Agent.', takes: 'NAME' },
  sensitivity: { says: 'Label of its data.', takes: 'LABEL' },
  kind: { says: 'A kind or type of its data.', takes: 'KIND', many: true },
  consent: { says: 'A consent that it names.', takes: 'NAME' },
  subject: { says: 'The subject that it names.', takes: 'NAME' },
  difficulty: { says: 'easy, middle or hard.', takes: 'WORD' },
  dialect: { says: 'openai, anthropic, gemini or ollama.', takes: 'WORD' },
  operation: { says: 'What is asked: chat, embedding, ...', takes: 'WORD' },
  'latency-budget': { says: 'Milliseconds until the first token.', takes: 'MS' },
  'input-tokens': { says: 'Its length.', takes: 'COUNT' },
  'output-tokens': { says: 'What the caller bounds the answer to.', takes: 'COUNT' },
  tools: { says: 'It offers tools.' },
  stream: { says: 'Its answer is streamed.' },
  tag: { says: 'A tag, NAME=VALUE.', takes: 'TAG', many: true },
  down: { says: 'An endpoint that is down.', takes: 'NAME', many: true },
  level: { says: 'Level of degradation, 0 to 4.', takes: 'LEVEL' },
  topology: { says: 'As if the tenant were cloud, hybrid or sovereign.', takes: 'WORD' },
  residency: {
    says: 'As if its data resided there; `any` for no residency.',
    takes: 'REGION',
    many: true,
  },
  plan: { says: 'As if it had this plan.', takes: 'NAME' },
};

export type Described = {
  readonly call: Imagined;
  readonly down: readonly string[];
  readonly level: number;
};

export function describedCall(
  asked: Asked,
  snapshot: Snapshot,
  configuration: Configuration,
): Described {
  const found = tenantOf(asked, tenantsIn(snapshot, configuration));
  const keyed = asked.text('key');
  const keys = keysOf(configuration, found.name);
  const key = keys.find(({ name }) => name === keyed);
  if (keyed !== undefined && key === undefined) {
    throw unknownName(
      'key',
      keyed,
      keys.map(({ name }) => name),
    );
  }
  refuseStrange(asked, found, configuration);
  return {
    call: {
      tenant: asIf(found, asked, configuration.plans),
      key,
      at: Date.now(),
      model: asked.text('model'),
      step: asked.text('step'),
      agent: asked.text('agent'),
      label: oneOf(asked, 'sensitivity', readLabel),
      kinds: asked.list('kind'),
      consent: asked.text('consent'),
      subject: asked.text('subject'),
      difficulty: oneOf(asked, 'difficulty', (text) => DIFFICULTIES.find((one) => one === text)),
      dialect: oneOf(asked, 'dialect', (text) => DIALECTS.find((one) => one === text)),
      operation: oneOf(asked, 'operation', (text) => OPERATIONS.find((one) => one === text)),
      latencyBudgetMs: countOf(asked, 'latency-budget'),
      tools: asked.switched('tools'),
      stream: asked.switched('stream'),
      inputTokens: countOf(asked, 'input-tokens'),
      outputTokensMax: countOf(asked, 'output-tokens'),
      tags: tagsOf(asked.list('tag')),
    },
    down: asked.list('down'),
    level: countOf(asked, 'level') ?? 0,
  };
}

type Plans = Configuration['plans'];

const DIALECTS = ['openai', 'anthropic', 'gemini', 'ollama'] as const;
const DIFFICULTIES = ['easy', 'middle', 'hard'] as const;
const TOPOLOGIES = ['cloud', 'hybrid', 'sovereign'] as const;

function tenantOf(asked: Asked, all: readonly TenantFacts[]): TenantFacts {
  const name = asked.text('tenant');
  const [only, second] = all;
  const alone = second === undefined ? only : undefined;
  const found = name === undefined ? alone : all.find((one) => one.name === name);
  if (found !== undefined) return found;
  if (name === undefined) throw misused('Say whose call it is: --tenant NAME.');
  throw unknownName(
    'tenant',
    name,
    all.map((one) => one.name),
  );
}

function asIf(tenant: TenantFacts, asked: Asked, plans: Plans): TenantFacts {
  const topology = oneOf(asked, 'topology', (text) => TOPOLOGIES.find((one) => one === text));
  const name = asked.text('plan');
  const plan = name === undefined ? undefined : plans.get(name);
  if (name !== undefined && plan === undefined) throw unknownName('plan', name, [...plans.keys()]);
  return tenantAsIf(tenant, { topology, residency: asked.list('residency'), plan });
}

function refuseStrange(
  asked: Asked,
  { name }: TenantFacts,
  { endpoints, tenants }: Configuration,
): void {
  const here = [...endpoints.values()].flatMap(({ region }) => region ?? []);
  const own = ownTypesOf(tenants.get(name)?.sensitive);
  const refuse = (strange: StrangeWord | undefined): void => {
    if (strange !== undefined) throw misused(`${strange.message}.`, strange.hint);
  };
  for (const region of asked.list('residency')) {
    if (region !== 'any') refuse(strangeRegion(region, here));
  }
  for (const kind of asked.list('kind')) refuse(strangeKind(kind, own));
}

function oneOf<T>(
  asked: Asked,
  flag: string,
  read: (text: string) => T | undefined,
): T | undefined {
  const text = asked.text(flag);
  if (text === undefined) return undefined;
  const value = read(text);
  if (value === undefined) throw misused(`--${flag} does not know \`${text}\`.`);
  return value;
}

function countOf(asked: Asked, flag: string): number | undefined {
  return oneOf(asked, flag, (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined));
}

function tagsOf(list: readonly string[]): Readonly<Record<string, string>> {
  const pairs = list.map((one): [string, string] => {
    const at = one.indexOf('=');
    if (at < 1) throw misused(`\`${one}\` is no tag: write NAME=VALUE.`);
    return [one.slice(0, at), one.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

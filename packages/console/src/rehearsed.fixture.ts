// Policies and models that a server would have read from a file, and drafts tried beside them: what
// a server does, without a disk and without a socket.
import { readConfiguration } from '@signalbox/config';
import { Secret } from '@signalbox/contract';
import {
  type Attempt,
  type ControlOptions,
  endpointStatuses,
  modelFacts,
  registryOf,
} from '@signalbox/control';
import type { Configuration } from '@signalbox/documents';
import type { Snapshot } from '@signalbox/engine';
import { compile, loadLists } from '@signalbox/gateway';
import { nodeKeys } from '@signalbox/trust/node';
import { MemoryTexts } from './texts.fixture.ts';

type Lists = Awaited<ReturnType<typeof loadLists>>;
type Offered = Pick<ControlOptions, 'rehearsal' | 'registry' | 'modelFacts' | 'texts' | 'policies'>;

const FILE = 'signalbox.yaml';
const INDENT = '    ';
const HEAD_LINES = 3;

/** As it stands in the file below its name. */
export const CLAIMS = `# Claims are read by people who may not.
version: 43
author: jane
rules:
  - name: claims-stay-home
    when: { sensitivity: '>=personal' }
    require: { tier_max: 1 }
  - name: hard-questions-go-up
    when: 'call.difficulty == "hard"'
    route: { tier: 3 }
fallback: { cloud_unavailable: 1 }
tests:
  - name: a hard question goes up
    call: { tenant: acme, difficulty: hard }
    expect: { tier: 3, rule: hard-questions-go-up }
  - name: a claim stays
    call: { tenant: acme, difficulty: hard, sensitivity: regulated }
    expect: { tier: 1 }
`;

export const documentsWith = (long = 'long-name'): string => `version: 1
node: { policies: [house] }
endpoints:
  sim-local: { kind: sim, url: 'http://127.0.0.1:1/v1', tier: 1, models: { sim-small: {} } }
  sim-private:
    kind: sim
    url: 'http://127.0.0.1:1/v1'
    tier: 2
    region: eu
    models:
      sim-medium: { context_tokens: 131072, capabilities: [tools, vision] }
      ${long}: { capabilities: [tools] }
  sim-frontier:
    kind: sim
    url: 'http://127.0.0.1:1/v1'
    tier: 3
    models:
      sim-frontier:
        context_tokens: 400000
        price: { input_per_million_usd: '3', output_per_million_usd: '15' }
  provider: { kind: openai, credentials: [{ secret: 'env:X' }], models: [gpt-4o, nobody-lists-me] }
models:
  sim-small: { falls_back_to: [sim-medium], licence: apache-2.0, context_tokens: 32768 }
  sim-medium: { fine_tune_of: sim-small }
registry:
  webhooks:
    ops: { url: 'https://hooks.example/', secret: 'env:HOOK' }
    theirs: { url: 'https://acme.example/', secret: 'env:HOOK', tenant: acme }
  rollouts: { frontier-next: { model: sim-medium, to: sim-frontier, percent: 10, rings: [0] } }
plans: { small: { tiers: [1] }, large: { policies: [old] } }
tenants:
  acme: { policies: [claims], plan: large }
  globex: { plan: small }
policies:
  house: { rules: [{ name: short, cap: { output_tokens: 4096 } }] }
  claims:
${CLAIMS.replace(/^(?=.)/gm, INDENT)}
  old: { until: 2020-01-01, rules: [{ name: quiet, log: none }] }
  next: { mode: shadow, ring: 1, version: 44, rules: [{ name: low, route: { tier: 1 } }] }
`;

/** Nobody wrote anything but who calls. */
export const NOTHING = `version: 1
tenants: { acme: {}, globex: {} }
`;

type Rehearsing = Offered & { readonly configuration: () => Configuration };

export async function rehearsing(text: string): Promise<Rehearsing> {
  const read = readConfiguration([{ name: FILE, text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { configuration } = read;
  const snapshot = compiled(configuration, await loadLists());
  const { catalog } = snapshot;
  const up = { downBy: () => undefined };
  const texts = new MemoryTexts(text);
  return {
    texts,
    policies: texts.policies(),
    configuration: () => texts.configuration(),
    modelFacts: (model) => modelFacts(catalog, new Map(), model),
    registry: async () =>
      registryOf({
        catalog,
        configuration,
        endpoints: endpointStatuses(catalog, up, new Map()),
        list: { date: '2026-11-01', digest: '0', disagreements: [DISPUTED] },
        providerOf: () => 'openai',
      }),
    rehearsal: {
      snapshot: () => snapshot,
      written: (policy) =>
        policy === 'claims'
          ? { text: CLAIMS, file: FILE, line: 34 }
          : texts.written({ noun: 'policies', name: policy }),
      attempt: async ({ name, text: draft }) => attempt(text, name, draft),
    },
  };
}

const DISPUTED = {
  ...{ provider: 'openai', model: 'gpt-4o', field: 'cachedInput' },
  ...{ taken: 'litellm 1.25', left: 'models.dev 2.5' },
};

const compiled = (configuration: Configuration, lists: Lists): Snapshot =>
  compile({
    configuration,
    version: 'v1',
    keys: nodeKeys(new Uint8Array(32)),
    secretOf: () => new Secret('fixture'),
    ...lists,
    at: Date.now(),
  });

function attempt(text: string, name: string, draft: string): Attempt {
  const file = 'draft';
  const body = draft.replace(/^(?=.)/gm, INDENT);
  const read = readConfiguration([
    { name: FILE, text },
    { name: file, text: `version: 1\npolicies:\n  ${name}:\n${body}`, owner: { kind: 'draft' } },
  ]);
  if (read.ok) return { problems: [], configuration: read.configuration };
  const problems = read.problems.map((one) => ({
    ...one,
    file: one.file === file ? undefined : one.file,
    line: one.file === file ? one.line - HEAD_LINES : one.line,
    column: one.file === file ? one.column - INDENT.length : one.column,
    excerpt: one.excerpt.replace(/^ {4}/gm, ''),
  }));
  return { problems, configuration: undefined };
}

// The page of servers and dialects, and the table of them in the README, written from the tables
// of kinds that the code itself uses.
import { readFileSync } from 'node:fs';
import {
  type FactGroup,
  SERVER_KINDS,
  SERVER_WIRES,
  type ServerKind,
  type ServerWire,
} from '@signalbox/dialect';
import { ENDPOINT_KINDS } from '@signalbox/documents';
import { between } from './marks.ts';

const README = new URL('../../README.md', import.meta.url);

const OPENING = `# Servers and dialects

What \`kind\` of an endpoint may say, and what Signalbox knows of each. Of a server that is not here
\`openai-compatible\` is said. Written from the tables in \`packages/dialect/src/kinds\`.

- *Dialects*: those it speaks itself, the one taken for callers of another dialect in **bold**.
- *Usage in streams* is about the OpenAI dialect: \`asked\` means that the gateway asks for it where
  the caller does not, and takes it out again.
- *Free questions* are all that a probe asks: no tokens, no money, no model loaded for it. One that
  counts as work at the server (\`*\`) is only asked while calls go there anyway.
- *Facts* say where they come from: recorded traffic, a running server that was asked, or documents
  alone. What comes from documents alone may be wrong. All paths of what only passes (images,
  sound, moderation, rerank, files, batches) do.
`;

const DIALECTS: Readonly<Record<ServerWire, string>> = {
  openai: 'OpenAI',
  responses: 'Responses',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  ollama: 'Ollama',
  converse: 'Converse',
  cohere: 'Cohere',
};

const USAGE: Readonly<Record<ServerKind['usageInStream'], string>> = {
  always: 'always, with the end',
  asked: 'when asked',
  never: 'never',
  'every-chunk': 'in every chunk, cumulative',
};

const GROUPS: Readonly<Record<FactGroup, string>> = {
  paths: 'paths',
  streams: 'streams',
  errors: 'errors',
  overflow: 'prompts too long',
  limits: 'limits',
  probe: 'questions',
};
const SOURCES = ['recorded', 'probed', 'documents'] as const;

/** The whole page. */
export function serversPage(): string {
  return [OPENING, overview(SERVER_KINDS), '', ...SERVER_KINDS.map(section)].join('\n');
}

/** The README with the table as it is now. */
export const readmeWithServers = (): string =>
  between(readFileSync(README, 'utf8'), 'servers', readmeTable());

export function readmeTable(): string {
  const rows = SERVER_KINDS.map((kind) => {
    const { recorded, probed, documents } = groupsBySource(kind);
    const seen = [...recorded, ...probed].length;
    const facts = `${seen} of ${seen + documents.length}`;
    const cells = [`\`${kind.name}\``, kind.title, dialects(kind), facts];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| kind | server | dialects | facts seen |', '|---|---|---|---|', ...rows].join('\n');
}

function overview(kinds: readonly ServerKind[]): string {
  const rows = kinds.map((kind) => {
    const link = `[\`${kind.name}\`](#${kind.name})`;
    const usage = spoken(kind).includes('openai') ? USAGE[kind.usageInStream] : 'not spoken';
    const cells = [link, kind.title, dialects(kind), usage, questions(kind)];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['| kind | server | dialects | usage in streams | free questions |'];
  return [...head, '|---|---|---|---|---|', ...rows].join('\n');
}

function dialects(kind: ServerKind): string {
  return spoken(kind)
    .map((wire) => (wire === kind.preferred ? `**${DIALECTS[wire]}**` : DIALECTS[wire]))
    .join(', ');
}

function spoken({ wires, variants = [] }: ServerKind): readonly ServerWire[] {
  const everywhere = [wires, ...variants.map((variant) => variant.wires ?? {})];
  return SERVER_WIRES.filter((wire) => everywhere.some((some) => some[wire]?.chat !== undefined));
}

function questions(kind: ServerKind): string {
  const paths = kind.probe.map(
    ({ path, disturbs }) => `\`${path.split('?')[0]}\`${disturbs === true ? '*' : ''}`,
  );
  return paths.length === 0 ? 'none' : paths.join(', ');
}

type BySource = Readonly<Record<(typeof SOURCES)[number], readonly FactGroup[]>>;

function groupsBySource({ source }: ServerKind): BySource {
  const groups: readonly FactGroup[] = [
    ...(['paths', 'streams', 'errors', 'overflow', 'limits', 'probe'] as const),
  ];
  const from = (wanted: (typeof SOURCES)[number]): readonly FactGroup[] =>
    groups.filter((group) => source[group] === wanted);
  return { recorded: from('recorded'), probed: from('probed'), documents: from('documents') };
}

function section(kind: ServerKind): string {
  const known = ENDPOINT_KINDS[kind.name];
  const lines = [
    `## ${kind.name}`,
    '',
    `${kind.title}.`,
    '',
    `- URL: ${known.url === undefined ? 'to be stated' : `\`${known.url}\` unless stated`}.`,
    ...pathLines(kind.wires, ''),
    ...(kind.variants ?? []).flatMap((one) =>
      pathLines(one.wires ?? {}, ` at a URL that ${one.when}`),
    ),
    `- Key: \`${kind.auth.header}: ${kind.auth.prefix}…\`${keyName(known.environmentName)}.`,
    ...(spoken(kind).includes('openai')
      ? [`- Streams of the OpenAI dialect: usage ${USAGE[kind.usageInStream]}; ${ending(kind)}.`]
      : []),
    `- Limits: ${limits(kind)}.`,
    `- Facts: ${facts(kind)}.`,
    ...kind.notes.map((note) => `- ${note}`),
    '',
  ];
  return lines.join('\n');
}

const keyName = (variable: string | undefined): string =>
  variable === undefined ? '' : `, usually in \`${variable}\``;

const pathLines = (wires: ServerKind['wires'], where: string): readonly string[] =>
  SERVER_WIRES.filter((wire) => wires[wire] !== undefined).map((wire) => {
    const paths = Object.values(wires[wire] ?? {}).map((path) => `\`${path}\``);
    return `- ${DIALECTS[wire]}${where}: ${paths.join(', ')}.`;
  });

function ending(kind: ServerKind): string {
  if (!kind.endsWithDone) return 'they end without `[DONE]`';
  return kind.missingEnd ? 'they end with `[DONE]`, or without' : 'they end with `[DONE]`';
}

function limits(kind: ServerKind): string {
  const told = kind.rateHeaders.map(({ of, windowMs }) =>
    windowMs === undefined ? of : `${of} in ${windowMs / 1_000} s`,
  );
  return told.length === 0 ? 'no header tells them' : `told of ${told.join(', ')}`;
}

function facts(kind: ServerKind): string {
  const by = groupsBySource(kind);
  return SOURCES.filter((source) => by[source].length > 0)
    .map((source) => `${source}: ${by[source].map((group) => GROUPS[group]).join(', ')}`)
    .join('; ');
}

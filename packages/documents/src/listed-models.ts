// What public catalogs say of models: the shipped list, built by `tools/catalog/facts.ts` from two
// of them. Every field says whose word it is; where the two disagree the cautious one is taken and
// the other kept beside it. Prices are a list of their own.
import { MODALITIES, type Modality, type ModelCapabilities, type ModelFacts } from './model.ts';
import { listedModel } from './prices-providers.table.ts';

export type ListedSource = 'litellm' | 'models.dev';
export type ListedValue = number | boolean | readonly string[];

export const LISTED_FIELDS = [
  'context',
  'inputs',
  'outputs',
  'tools',
  'vision',
  'json',
  'reasoning',
  'embeddings',
  'open_weights',
] as const;
export type ListedField = (typeof LISTED_FIELDS)[number];

export type ListedRow = {
  readonly provider: string;
  readonly model: string;
  readonly facts: Readonly<Partial<Record<ListedField, ListedValue>>>;
  /** Whose word the fields are, their names with blanks between them. */
  readonly by: Readonly<Partial<Record<ListedSource | 'both', string>>>;
  /** What the source that was not taken says of the field. */
  readonly other?: Readonly<Partial<Record<ListedField, ListedValue>>>;
};

export type ListedModels = {
  readonly version: 1;
  readonly date: string;
  readonly sources: readonly {
    readonly name: string;
    readonly licence: string;
    readonly date: string;
    readonly sha256: string;
  }[];
  readonly models: readonly ListedRow[];
};

/** What a row comes to in our words. An ability that a list denies may only be one it forgot. */
export type Listed = {
  readonly contextTokens: number | undefined;
  readonly capabilities: Partial<ModelCapabilities>;
  readonly facts: Partial<ModelFacts>;
};

const CAPABILITY: Readonly<Partial<Record<ListedField, keyof ModelCapabilities>>> = {
  tools: 'tools',
  vision: 'vision',
  json: 'jsonSchema',
  reasoning: 'reasoning',
  embeddings: 'embeddings',
};

export type ListIndex = ReadonlyMap<string, ListedRow>;

const keyOf = (provider: string, model: string): string => `${provider}\n${model}`;

export const indexListed = ({ models }: ListedModels): ListIndex =>
  new Map(models.map((row) => [keyOf(row.provider, row.model), row]));

export const findListedRow = (
  index: ListIndex,
  provider: string | undefined,
  model: string,
): ListedRow | undefined =>
  provider === undefined ? undefined : index.get(keyOf(provider, listedModel(model)));

export function listedOf({ facts }: ListedRow): Listed {
  const capabilities: { -readonly [K in keyof ModelCapabilities]?: boolean } = {};
  for (const field of LISTED_FIELDS) {
    const name = CAPABILITY[field];
    if (name !== undefined && facts[field] === true) capabilities[name] = true;
  }
  const { context, inputs, outputs } = facts;
  return {
    contextTokens: typeof context === 'number' ? context : undefined,
    capabilities,
    facts: {
      ...(Array.isArray(inputs) ? { inputs: modalitiesIn(inputs) } : {}),
      ...(Array.isArray(outputs) ? { outputs: modalitiesIn(outputs) } : {}),
    },
  };
}

const modalitiesIn = (names: readonly string[]): readonly Modality[] =>
  MODALITIES.filter((one) => names.includes(one));

/** The list that comes with Signalbox; read when first asked for. Undefined: it is no such list. */
export async function loadListed(): Promise<ListedModels | undefined> {
  const module: { default: unknown } = await import('./models.snapshot.json', {
    with: { type: 'json' },
  });
  const list: unknown = module.default;
  return isListed(list) ? list : undefined;
}

function isListed(value: unknown): value is ListedModels {
  if (typeof value !== 'object' || value === null || !('models' in value)) return false;
  return 'version' in value && value.version === 1 && Array.isArray(value.models);
}

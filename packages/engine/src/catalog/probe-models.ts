// Reads lists of models, in all the shapes in which servers write them: one tolerant reader, since
// the names of the fields do not collide. What is not said stays unknown.
import {
  booleanIn,
  countIn,
  isObject,
  type Json,
  listIn,
  member,
  textIn,
} from '@signalbox/dialect';
import type { Findings, LoadState } from './probe-facts.ts';

/** Of more, the first are kept. */
export const MODELS_MAX = 2_000;
const NAME_CHARACTERS_MAX = 200;

export type Told = {
  readonly endpoint: Findings;
  readonly models: ReadonlyMap<string, Findings>;
  /** The answer names every model that there is. */
  readonly listed: boolean;
  /** What it does not name is cold. */
  readonly othersCold: boolean;
};

const NO_MODELS: ReadonlyMap<string, Findings> = new Map();
export const told = (more: Partial<Told>): Told => ({
  endpoint: more.endpoint ?? {},
  models: more.models ?? NO_MODELS,
  listed: more.listed ?? false,
  othersCold: more.othersCold ?? false,
});

/** `{data: []}`, `{models: []}`, or a bare list. Undefined: no list. */
export function readModels(body: Json): Told | undefined {
  const entries = Array.isArray(body) ? body : (listIn(body, 'data') ?? listIn(body, 'models'));
  if (entries === undefined) return undefined;
  const models = named(entries, (entry) => {
    if (booleanIn(entry, 'active') === false) return undefined;
    return findingsOf(entry);
  });
  // A list in pages does not name all.
  const isCut = booleanIn(body, 'has_more') === true || member(body, 'nextPageToken') !== undefined;
  return told({ models, listed: !isCut && entries.length <= MODELS_MAX });
}

/** What is on the disk, by name alone. */
export function readTags(body: Json): Told | undefined {
  const entries = listIn(body, 'models');
  return entries === undefined
    ? undefined
    : told({ models: named(entries, () => ({})), listed: true });
}

/** What is in memory, with the context that it was loaded with. */
export function readLoaded(body: Json): Told | undefined {
  const entries = listIn(body, 'models');
  if (entries === undefined) return undefined;
  const models = named(entries, (entry) => ({
    loadState: 'loaded',
    ...positive('contextTokens', countIn(entry, 'context_length')),
  }));
  return told({ models, othersCold: true });
}

/** One model on the disk: `model_info` has the trained context under its architecture's name. */
export function readShow(body: Json, model: string): Told | undefined {
  const info = member(body, 'model_info');
  if (!isObject(info) && listIn(body, 'capabilities') === undefined) return undefined;
  const trained = isObject(info)
    ? Object.keys(info).find((key) => key.endsWith('.context_length'))
    : undefined;
  const set = /^\s*num_ctx\s+(\d{1,9})\s*$/m.exec(textIn(body, 'parameters') ?? '')?.[1];
  const most = trained === undefined ? undefined : countIn(info, trained);
  const isElsewhere = textIn(body, 'remote_model') !== undefined;
  const findings: Findings = {
    ...positive('contextTokensMax', most),
    ...positive('contextTokens', set === undefined ? undefined : Number(set)),
    // It runs at the maker's, with all that it has.
    ...(isElsewhere ? { loadState: 'loaded', ...positive('contextTokens', most) } : {}),
    ...abilities(body),
  };
  return told({ models: new Map([[model, findings]]) });
}

/** Models with what of each is loaded; without an instance it is cold. */
export function readInstances(body: Json): Told | undefined {
  const entries = listIn(body, 'models');
  if (entries === undefined) return undefined;
  const models = named(entries, (entry) => {
    const instances = listIn(entry, 'loaded_instances') ?? [];
    const contexts = instances.flatMap((one) => {
      const tokens = countIn(member(one, 'config'), 'context_length');
      return tokens === undefined || tokens === 0 ? [] : [tokens];
    });
    return {
      ...abilities(entry),
      ...positive('contextTokensMax', countIn(entry, 'max_context_length')),
      ...positive('contextTokens', contexts.length === 0 ? undefined : Math.min(...contexts)),
      loadState: instances.length === 0 ? 'cold' : 'loaded',
    };
  });
  return told({ models, listed: true });
}

function named(
  entries: readonly Json[],
  read: (entry: Json) => Findings | undefined,
): ReadonlyMap<string, Findings> {
  const models = new Map<string, Findings>();
  for (const entry of entries.slice(0, MODELS_MAX)) {
    const name = nameOf(entry);
    const findings = name === undefined ? undefined : read(entry);
    if (name !== undefined && findings !== undefined) models.set(name, findings);
  }
  return models;
}

function nameOf(entry: Json): string | undefined {
  if (typeof entry === 'string') return usable(entry);
  for (const key of ['id', 'key', 'name', 'model']) {
    const name = usable(textIn(entry, key));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Some lists put the path before the name. */
function usable(name: string | undefined): string | undefined {
  const bare = name?.startsWith('models/') ? name.slice('models/'.length) : name;
  return bare !== undefined && /^[!-~]+$/.test(bare) && bare.length <= NAME_CHARACTERS_MAX
    ? bare
    : undefined;
}

/** Where the context stands that a call really gets, the surest first. */
const CONTEXT_KEYS = [
  ...['loaded_context_length', 'max_model_len', 'context_window', 'context_length'],
  ...['inputTokenLimit', 'max_input_tokens', 'max_context_tokens', 'max_prompt_length'],
];

function findingsOf(entry: Json): Findings {
  const meta = member(entry, 'meta');
  const state = stateOf(textIn(entry, 'state') ?? textIn(member(entry, 'status'), 'value'));
  const most = countIn(entry, 'max_context_length');
  const offers = listIn(entry, 'providers') ?? [];
  const contexts = [
    countIn(meta, 'n_ctx'),
    ...CONTEXT_KEYS.map((key) => countIn(entry, key)),
    // Where a load state is told, this is what could be loaded, not what is.
    ...(state === undefined ? [most] : []),
    ...offers.map((one) => countIn(one, 'context_length')),
  ];
  return {
    ...abilities(entry),
    ...positive(
      'contextTokens',
      contexts.find((tokens) => tokens !== undefined && tokens > 0),
    ),
    ...positive('contextTokensMax', countIn(meta, 'n_ctx_train') ?? most),
    ...(state === undefined ? {} : { loadState: state }),
  };
}

const STATES: ReadonlyMap<string, LoadState> = new Map<string, LoadState>([
  ['loaded', 'loaded'],
  ['not-loaded', 'cold'],
  ['unloaded', 'cold'],
  ['loading', 'loading'],
  ['sleeping', 'sleeping'],
  ['failed', 'failed'],
]);

const stateOf = (word: string | undefined): LoadState | undefined =>
  word === undefined ? undefined : STATES.get(word.toLowerCase());

type Ability = 'tools' | 'vision' | 'jsonSchema' | 'logprobs' | 'embeddings' | 'reasoning';

/** Every word for an ability, in lists, as flags, behind `supports_`. */
const ABILITY_WORDS: readonly (readonly [Ability, readonly string[]])[] = [
  [
    'tools',
    ['tools', 'tool_use', 'function_calling', 'trained_for_tool_use', 'tool_calling', 'tool_call'],
  ],
  ['vision', ['vision', 'image_input', 'image']],
  ['jsonSchema', ['structured_outputs', 'structured_output', 'json_schema']],
  ['logprobs', ['logprobs']],
  ['embeddings', ['embeddings', 'embedding', 'embed', 'embedcontent']],
  ['reasoning', ['reasoning', 'thinking']],
];

function abilities(entry: Json): Findings {
  const found: { -readonly [A in Ability]?: boolean } = {};
  const offers = listIn(entry, 'providers') ?? [];
  for (const [ability, words] of ABILITY_WORDS) {
    const said = [entry, ...offers].map((one) => abilityIn(one, words));
    // One offer that can is enough; a no counts where all that speak of it say no.
    const able = said.includes(true) || (said.includes(false) ? false : undefined);
    if (able !== undefined) found[ability] = able;
  }
  return found;
}

function abilityIn(entry: Json, words: readonly string[]): boolean | undefined {
  const capabilities = member(entry, 'capabilities');
  for (const word of words) {
    const flag =
      booleanIn(entry, `supports_${word}`) ??
      booleanIn(capabilities, word) ??
      booleanIn(member(capabilities, word), 'supported');
    if (flag !== undefined) return flag;
  }
  if (words.includes(textIn(entry, 'type')?.replace(/s$/, '') ?? '')) return true;
  if (textIn(entry, 'type') === 'vlm' && words.includes('vision')) return true;
  return inLists(entry, words);
}

/** Lists that name all that there is: what is not in them is a no. */
const WHOLE_LISTS = ['supported_parameters', 'supportedGenerationMethods', 'endpoints'];

function inLists(entry: Json, words: readonly string[]): boolean | undefined {
  const capabilities = textsIn(member(entry, 'capabilities'));
  const inputs = textsIn(member(member(entry, 'architecture'), 'input_modalities'));
  const whole = WHOLE_LISTS.map((key) => textsIn(member(entry, key)));
  const all = [capabilities, inputs, ...whole].filter((list) => list !== undefined);
  if (all.some((list) => words.some((word) => list.includes(word)))) return true;
  if (words.includes('image') && inputs !== undefined) return false;
  // One vocabulary of abilities says completion or embedding of every model, and so is whole.
  const isWhole = capabilities?.some((word) => word === 'completion' || word === 'embedding');
  if (isWhole === true && !words.includes('json_schema') && !words.includes('logprobs')) {
    return false;
  }
  return saysNo(entry, words) ? false : undefined;
}

/** Each whole list has its own subject; others are not its business. */
function saysNo(entry: Json, words: readonly string[]): boolean {
  const isOfParameters = member(entry, 'supported_parameters') !== undefined;
  if (isOfParameters && !words.includes('vision') && !words.includes('embed')) return true;
  const isOfMethods =
    member(entry, 'supportedGenerationMethods') !== undefined ||
    member(entry, 'endpoints') !== undefined;
  return isOfMethods && words.includes('embed');
}

function textsIn(value: Json | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((one: Json) => (typeof one === 'string' ? [one.toLowerCase()] : []));
}

/** A bound of nothing is no bound that was told. */
function positive(
  name: 'contextTokens' | 'contextTokensMax',
  tokens: number | undefined,
): Findings {
  return tokens === undefined || tokens <= 0 ? {} : { [name]: tokens };
}

/** What a LiteLLM configuration knows of a model: its context, what it can do, what it costs. */
import { at, type Litellm, leave, numberAt, settledAt, wordAt } from './import-litellm-values.ts';
import { placeOf, put, type Writable } from './importing.ts';
import { childOf, newMap, type TreeMap } from './source.ts';

/** Prices per token, in `litellm_params` or `model_info`. */
const PRICES: readonly (readonly [theirs: string, ours: string])[] = [
  ['input_cost_per_token', 'input_per_million_usd'],
  ['output_cost_per_token', 'output_per_million_usd'],
  ['cache_read_input_token_cost', 'cached_input_per_million_usd'],
  ['cache_creation_input_token_cost', 'cache_write_per_million_usd'],
];
const ABILITIES: readonly (readonly [theirs: string, ours: string])[] = [
  ['supports_function_calling', 'tools'],
  ['supports_vision', 'vision'],
  ['supports_response_schema', 'json_schema'],
  ['supports_reasoning', 'reasoning'],
];

/** Parameters of a deployment that are read here. */
export const MODEL_PARAMETERS: readonly string[] = PRICES.map(([theirs]) => theirs);
/** Keys of `model_info` that are read. */
export const INFORMATION: ReadonlySet<string> = new Set([
  ...['id', 'mode', 'max_input_tokens'],
  ...MODEL_PARAMETERS,
  ...ABILITIES.map(([theirs]) => theirs),
]);

export interface Information {
  readonly params: TreeMap;
  readonly information: TreeMap;
}

export function describeModel(litellm: Litellm, { params, information }: Information): TreeMap {
  const described = newMap();
  const context = numberAt(litellm, at(information, 'max_input_tokens', 'model_info'));
  if (context !== undefined) {
    put(litellm, described, { key: 'context_tokens', value: context.value, spot: context.spot });
  }
  putAbilities(litellm, described, information);
  putPrice(litellm, described, { params, information });
  return described;
}

function putAbilities(litellm: Litellm, described: Writable, information: TreeMap): void {
  const able = newMap();
  const mode = wordAt(litellm, at(information, 'mode', 'model_info'));
  const spot = placeOf(litellm, information, 'mode');
  if (mode === 'embedding') put(litellm, able, { key: 'embeddings', value: true, spot });
  else if (mode !== undefined && !TEXT_MODES.has(mode)) {
    leave(litellm, at(information, 'mode', 'model_info'), 'calls of that kind pass as they are');
  }
  for (const [theirs, ours] of ABILITIES) {
    const value = settledAt(litellm, at(information, theirs, 'model_info'));
    const place = placeOf(litellm, information, theirs);
    if (value !== undefined) put(litellm, able, { key: ours, value, spot: place });
  }
  const [first] = Object.keys(able);
  if (first === undefined) return;
  const first_ = placeOf(litellm, able, first);
  put(litellm, described, { key: 'capabilities', value: able, spot: first_ });
}

const TEXT_MODES: ReadonlySet<string> = new Set(['chat', 'completion', 'responses']);

function putPrice(
  litellm: Litellm,
  described: Writable,
  { params, information }: Information,
): void {
  const price = newMap();
  for (const [theirs, ours] of PRICES) {
    const isOwn = childOf(params, theirs) != null;
    const place = isOwn
      ? at(params, theirs, 'litellm_params')
      : at(information, theirs, 'model_info');
    const each = numberAt(litellm, place);
    if (each === undefined) continue;
    put(litellm, price, { key: ours, value: perMillion(each.value), spot: each.spot });
  }
  const [first] = Object.keys(price);
  if (first === undefined) return;
  const spot = placeOf(litellm, price, first);
  put(litellm, described, { key: 'price', value: price, spot });
}

const DIGITS = 12;
const DECIMALS = 6;

/** Dollars a token to dollars a million, without the noise of a product of floats. */
export function perMillion(each: number): string {
  const product = Number((each * 1_000_000).toPrecision(DIGITS));
  return product.toFixed(DECIMALS).replace(/\.?0+$/, '');
}

/** Which provider a deployment is of, told by its parameters, and the upstream's name in them. */
import {
  BARE_NAMES,
  PROVIDERS,
  type Provider,
  UNSPOKEN,
} from './import-litellm-providers.table.ts';

export interface Named {
  readonly provider: Provider;
  /** As the file has it. */
  readonly prefix: string;
  /** The name that the upstream knows; `*` where any is meant. */
  readonly upstream: string;
}

export interface Unnamed {
  readonly why: string;
}

/** @param stated `custom_llm_provider`. @param hasBase whether an address is written. */
export function readProvider(
  model: string,
  { stated, hasBase }: { readonly stated: string | undefined; readonly hasBase: boolean },
): Named | Unnamed {
  const slash = model.indexOf('/');
  const before = slash < 0 ? undefined : model.slice(0, slash);
  const prefix = stated ?? before;
  if (prefix !== undefined && UNSPOKEN.has(prefix)) {
    return { why: `the wire of \`${prefix}\` is not spoken` };
  }
  const provider = PROVIDERS.get(prefix ?? '');
  if (prefix !== undefined && provider !== undefined) {
    const upstream = before === prefix ? model.slice(slash + 1) : model;
    return named(provider, prefix, upstream);
  }
  const bare = BARE_NAMES.find(([pattern]) => pattern.test(model))?.[1];
  const known = PROVIDERS.get(bare ?? '');
  if (bare !== undefined && known !== undefined && before === undefined) {
    return named(known, bare, model);
  }
  const compatible = PROVIDERS.get('openai_like');
  if (hasBase && compatible !== undefined) return named(compatible, 'openai', model);
  return { why: 'nothing says which provider has it; write `PROVIDER/MODEL`' };
}

/** Routes that LiteLLM puts between provider and model. */
const ROUTES: Readonly<Record<string, RegExp>> = {
  azure: /^(?:o_series|gpt5_series|responses|gpt_series)\//,
  bedrock: /^(?:converse|converse_like|invoke|responses|nova|agent|qwen3|llama|deepseek_r1)\//,
  openai: /^(?:responses|chat\/completions)\//,
  vertex: /^(?:openai)\//,
};

function named(provider: Provider, prefix: string, written: string): Named | Unnamed {
  const route = ROUTES[provider.kind];
  const upstream = route === undefined ? written : written.replace(route, '');
  if (upstream === '') return { why: 'it names no model' };
  return { provider, prefix, upstream };
}

/**
 * Secrets that stand in a LiteLLM configuration by value. They are refused, wherever they stand:
 * what is in a file is in its backups and its history. What is clearly a placeholder is not one.
 */
import { PROVIDERS } from './import-litellm-providers.table.ts';
import {
  IN_URL,
  NAMED,
  NAMED_NUMBER,
  NO_SECRET,
  PLACEHOLDERS,
  PRICED,
  SHAPED,
} from './import-litellm-secrets.table.ts';
import { type Litellm, variableOf } from './import-litellm-values.ts';
import { problemAt } from './problem.ts';
import { childOf, isList, isMap, type Spot, type Tree, type TreeMap } from './source.ts';

export const isPlaceholder = (text: string): boolean =>
  PLACEHOLDERS.some((one) => one.test(text.trim()));

/** Says every secret that the file holds by value, at its line. */
export function refuseSecrets(litellm: Litellm): void {
  for (const found of scalarsOf(litellm, litellm.from)) {
    const { tree, key, value, path, spot } = found;
    const isOwn = path[0] === ENVIRONMENT;
    if (isSecret(isOwn ? inEnvironment(key) : key, value)) tell(litellm, spot, { tree, key, path });
  }
}

const ENVIRONMENT = 'environment_variables';

/** Variables are named after what they are for: there every key is one, but a public one. */
const inEnvironment = (name: string): string =>
  /(?:KEY|SECRET|TOKEN|PASSWORD|CREDENTIALS?)$/.test(name) && !/PUBLIC/.test(name)
    ? 'secret'
    : name;

interface Scalar {
  readonly tree: TreeMap;
  readonly key: string;
  readonly value: Tree;
  readonly path: readonly string[];
  readonly spot: Spot | undefined;
}

/** Every value that holds no others; what stands in a list has the key of the list. */
function* scalarsOf(
  litellm: Litellm,
  holder: TreeMap | readonly Tree[],
  path: readonly string[] = [],
): Generator<Scalar> {
  for (const [name, value] of Object.entries(holder)) {
    const key = isList(holder) ? (path.at(-1) ?? '') : name;
    const inner = isList(holder) ? path : [...path, key];
    if (isMap(value) || isList(value)) yield* scalarsOf(litellm, value, inner);
    else {
      const tree = isList(holder) ? {} : holder;
      const spot = litellm.places.at(holder, name);
      yield { tree, key, value, path: isList(holder) ? path.slice(0, -1) : path, spot };
    }
  }
}

/** By the name of its key or by its own shape. */
export function isSecret(key: string, value: Tree | undefined): boolean {
  if (typeof value === 'number') return NAMED_NUMBER.test(key);
  if (typeof value !== 'string' || variableOf(value) !== undefined) return false;
  const text = value.trim();
  const password = IN_URL.exec(text)?.[1];
  if (password !== undefined) return !isPlaceholder(password) && !isPlaceholder(text);
  if (isPlaceholder(text)) return false;
  if (SHAPED.some((one) => one.test(text))) return true;
  if (!NAMED.test(key) || PRICED.test(key)) return false;
  return !NO_SECRET.test(text) && !/^[\d.]+(?:e[-+]?\d+)?$/i.test(text);
}

interface Found {
  readonly tree: TreeMap;
  readonly key: string;
  readonly path: readonly string[];
}

function tell(litellm: Litellm, spot: Spot | undefined, found: Found): void {
  const name = variableFor(found);
  const way =
    found.path[0] === ENVIRONMENT
      ? `set \`${found.key}\` in the environment of the gateway and remove the line`
      : `put it into a variable and write \`os.environ/${name}\``;
  const problem = problemAt(spot, 'value', {
    message: 'holds a secret by value; secrets are given by reference',
    hint: `${way}; if it is a real key, revoke it`,
    path: [...found.path, found.key],
  });
  // The line is not shown: it may hold the secret in a shape that nobody knows.
  const caret = '^'.repeat('[hidden]'.length);
  const excerpt = `${found.key}: [hidden]\n${' '.repeat(found.key.length + 2)}${caret}`;
  litellm.problems.push({ ...problem, excerpt });
}

/** The variable in which others keep it: that of the provider, else the key in capitals. */
function variableFor({ tree, key }: Found): string {
  const model = childOf(tree, 'model');
  const prefix = typeof model === 'string' ? model.split('/')[0] : undefined;
  const usual = PROVIDERS.get(prefix ?? '')?.variables[0];
  if (key === 'api_key' && usual !== undefined) return usual;
  return key.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, imported, list, said } from './import-litellm.fixture.ts';

type Result = ReturnType<typeof imported>;

const targetsOf = ({ configuration }: Result, alias: string): readonly string[] =>
  (configuration.aliases.get(alias)?.targets ?? []).map(
    ({ model, endpoint, weight }) =>
      `${endpoint}/${model}${weight === undefined ? '' : ` ${weight}`}`,
  );

/** `asked -> tried, tried` of every rule. */
const rulesOf = ({ configuration }: Result): readonly string[] =>
  (configuration.policies.get('imported')?.rules ?? []).map(({ when, route }) => {
    const chain = route.chain?.map(({ model, endpoint }) =>
      endpoint === undefined ? model : `${endpoint}/${model}`,
    );
    return `${when.model?.join(' ')} -> ${chain?.join(' ')}`;
  });

const box = (name: string, model: string, at: string, ...more: readonly string[]): string =>
  deployment(name, `model: openai/${model}`, `api_base: http://${at}/v1`, ...more);

test('equal deployments are one model; a failed call is tried at the next', () => {
  const result = imported(list(box('m', 'x', 'a:1'), box('m', 'x', 'b:1')));
  assert.deepEqual(
    [...result.configuration.endpoints.values()].map(({ name, models }) => [
      name,
      models.get('x')?.name,
    ]),
    [
      ['a', 'm'],
      ['b', 'm'],
    ],
  );
  assert.deepEqual(rulesOf(result), ['m -> m']);
  const both = list(box('m', 'x', 'a:1'), box('m', 'x', 'b:1'));
  assert.deepEqual(rulesOf(imported(`${both}router_settings: { num_retries: 0 }\n`)), []);
});

test('an order and weights make an alias with its targets', () => {
  const ordered = imported(
    list(box('m', 'x', 'c:1'), box('m', 'x', 'b:1', 'order: 2'), box('m', 'y', 'a:1', 'order: 1')),
  );
  assert.deepEqual(targetsOf(ordered, 'm'), ['a/y', 'b/x', 'c/x']);
  const whole = imported(
    list(box('m', 'x', 'a:1', 'weight: 1'), box('m', 'x', 'b:1', 'weight: 9')),
  );
  assert.deepEqual(targetsOf(whole, 'm'), ['b/x 9', 'a/x 1']);
  const shares = imported(
    list(
      box('m', 'x', 'a:1', 'weight: 0.2'),
      box('m', 'x', 'b:1', 'weight: 0.8'),
      box('m', 'x', 'c:1'),
    ),
  );
  assert.deepEqual(targetsOf(shares, 'm'), ['b/x 1000', 'a/x 250', 'c/x']);
});

test('within an order deployments are equals, in proportion to their weights', () => {
  const at = (place: string, ...more: readonly string[]): string => box('m', 'x', place, ...more);
  const orders = (...all: readonly string[]): readonly string[] =>
    targetsOf(imported(list(...all)), 'm');
  const three = [at('a:1', 'order: 1'), at('b:1', 'order: 1'), at('c:1', 'order: 2')];
  assert.deepEqual(orders(...three), ['a/x 1', 'b/x 1', 'c/x']);
  // Of two that follow each other only the first: weighted neighbours are equals.
  assert.deepEqual(orders(...three, at('d:1', 'order: 2')), ['a/x 1', 'b/x 1', 'c/x', 'd/x']);
  const told = said(imported(list(...three, at('d:1', 'order: 2', 'weight: 3'))));
  assert.match(told.join('\n'), /m: weight is not carried over/);
});

test('deployments share an endpoint unless they differ, and names stay plain', () => {
  const result = imported(
    list(
      deployment('a', 'model: openai/a'),
      deployment('b', 'model: openai/b'),
      deployment('c', 'model: openai/c', 'rpm: 5'),
      deployment('d', 'model: openai/d', 'rpm: 5'),
      deployment('e', 'model: openai/e', 'api_key: os.environ/OTHER'),
      box('f', 'f', '10.0.0.1:1'),
      box('g', 'g', '10.0.0.1:2'),
      box('h', 'h', 'gpu.farm.internal:1'),
    ),
  );
  const names = [...result.configuration.endpoints.values()].map(({ name, models }) =>
    [name, ...models.keys()].join(' '),
  );
  assert.deepEqual(names, [
    'openai a b',
    'openai-c c',
    'openai-d d',
    'openai-e e',
    '10-0-0-1 f',
    '10-0-0-1-2 g',
    'gpu h',
  ]);
});

test('one model under two names is one model and an alias', () => {
  const result = imported(
    list(deployment('first', 'model: openai/x'), deployment('second', 'model: openai/x')),
  );
  assert.deepEqual([...result.configuration.models.keys()], ['first']);
  assert.deepEqual(targetsOf(result, 'second'), ['openai/first']);
  const twice = imported(list(box('m', 'x', 'a:1'), box('m', 'x', 'a:1')));
  assert.match(said(twice).join('\n'), /^6 m: stands here twice/m);
});

test('a model and an alias never share a name', () => {
  const result = imported(
    list(
      deployment('gpt', 'model: openai/gpt', 'order: 1'),
      deployment('gpt', 'model: azure/gpt', 'api_base: https://a.openai.azure.com', 'order: 2'),
      deployment('other', 'model: azure/other', 'api_base: https://a.openai.azure.com'),
    ),
  );
  assert.deepEqual(targetsOf(result, 'gpt'), ['openai/openai/gpt', 'azure/openai/gpt']);
});

test('names that cannot stand here are changed, and the old ones go on', () => {
  const result = imported(
    list(
      box('Big Model', 'x', 'a:1'),
      box('Big-Model', 'y', 'a:1'),
      box('auto', 'z', 'a:1'),
      box(`${'long'.repeat(20)}`, 'w', 'a:1'),
    ),
  );
  assert.deepEqual(
    [...result.configuration.models.keys()],
    ['big-model', 'big-model-2', 'model-auto', 'long'.repeat(16).slice(0, 63)],
  );
  assert.deepEqual(rulesOf(result).slice(0, 2), [
    'big-model-2 Big-Model -> big-model-2',
    'model-auto auto -> model-auto',
  ]);
  const told = said(result).join('\n');
  assert.match(told, /2 Big Model: is called `big-model` here; no name has spaces/);
  assert.match(told, /6 Big-Model: is called `big-model-2` here; calls for the old name go there/);
});

test('wildcards are endpoints whose models are called by them', () => {
  const result = imported(
    list(
      deployment('claude', 'model: anthropic/claude-x', 'timeout: 5'),
      deployment('"anthropic/*"', 'model: anthropic/*'),
      deployment('"*"', 'model: openai/*'),
    ),
  );
  const { endpoints } = result.configuration;
  assert.deepEqual([...endpoints.keys()], ['anthropic-claude-x', 'anthropic', 'openai']);
  assert.equal(endpoints.get('anthropic')?.models.size, 0);
  const told = said(result).filter((one) => one.includes('/MODEL'));
  assert.deepEqual(told, ['9 *: every model of it is called as `openai/MODEL` here']);
});

test('a wildcard with one model behind it takes every call for no other name', () => {
  const result = imported(
    list(
      box('"*"', 'all', 'a:1'),
      box('"gpt-*"', 'gpts', 'a:1'),
      box('gpt-4', 'four', 'a:1'),
      box('b', 'b', 'a:1'),
    ),
  );
  assert.deepEqual(rulesOf(result), [
    'gpt-4 -> gpt-4',
    'b -> b',
    'gpts gpt-* -> gpts',
    'all * -> all',
  ]);
  assert.match(said(result).join('\n'), /2 \*: is called `all` here; calls for a name that fits/);
});

const THREE = list(box('a', 'a', 'a:1'), box('b', 'b', 'b:1'), box('c', 'c', 'c:1'));
const rules = (...settings: readonly string[]): readonly string[] =>
  rulesOf(imported(THREE + settings.map((one) => `${one}\n`).join('')));

test('fallbacks are chains, in every way that they are written', () => {
  assert.deepEqual(rules('router_settings: { fallbacks: [{ a: [b, c] }, { b: [c] }] }\n'), [
    'a -> a b c',
    'b -> b c',
  ]);
  assert.deepEqual(rules('litellm_settings: { fallbacks: { a: [b], nobody: [a] } }\n'), [
    'a -> a b',
  ]);
  assert.deepEqual(
    rules(
      'litellm_settings: { fallbacks: [{ a: [b] }] }',
      'router_settings: { fallbacks: [{ a: [c] }] }',
    ),
    ['a -> a c'],
  );
  assert.deepEqual(
    rules('litellm_settings: { default_fallbacks: [c], fallbacks: [{ a: [b] }] }\n'),
    ['a -> a b', 'b -> b c'],
  );
  assert.deepEqual(
    rules('router_settings: { fallbacks: [{ "*": [b] }, { a: [{ model: c }] }] }\n'),
    ['a -> a c', 'c -> c b'],
  );
  assert.deepEqual(
    rules('router_settings: { context_window_fallbacks: [{ a: [c] }], fallbacks: [{ a: [b] }] }\n'),
    ['a -> a b c'],
  );
});

test('a fallback to the id of a deployment is pinned to it', () => {
  const text = list(box('a', 'a', 'a:1'), box('b', 'b', 'b:1'), '    model_info: { id: seven }\n');
  const result = imported(`${text}router_settings: { fallbacks: [{ a: [seven] }] }\n`);
  assert.deepEqual(rulesOf(result), ['a -> a b/b']);
});

test('second names stand for groups, and go before a group of the same name', () => {
  const result = imported(
    `${THREE}router_settings:
  model_group_alias: { x: a, y: [b, c], c: { model: a, hidden: true }, Z z: a, w: nobody }
  fallbacks: [{ x: [y] }]
`,
  );
  assert.deepEqual(
    [...result.configuration.aliases].map(([name, { targets }]) => [
      name,
      ...targets.map(({ model }) => model),
    ]),
    [
      ['x', 'a'],
      ['y', 'b', 'c'],
      ['z-z', 'a'],
    ],
  );
  assert.deepEqual(rulesOf(result), ['c -> a', 'a x -> a y']);
  assert.match(said(result).join('\n'), /model_group_alias\.w: is not carried over/);
});

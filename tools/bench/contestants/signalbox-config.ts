/**
 * The configuration that the benchmark gives to Signalbox, feature by feature, so that one feature
 * can be switched on after the other.
 *
 * The upstream is declared tier 3 on a private address of this machine, which only the file of an
 * operator may do. Key checks, routing, the journal and its hash chain cannot be switched off.
 */

/** In the order in which the ladder switches them on. */
export const features = ['prices', 'budget', 'plan', 'rules', 'durable answers'] as const;
export type Feature = (typeof features)[number];

/** What `overhead` runs with: everything that a call passes by default, and twenty rules. */
export const everyday: readonly Feature[] = ['prices', 'budget', 'plan', 'rules'];

/** The environment variables that the file refers to. */
export const secretNames: { readonly caller: string; readonly upstream: string } = {
  caller: 'SIGNALBOX_BENCH_KEY',
  upstream: 'SIGNALBOX_BENCH_UPSTREAM_KEY',
};

const inFlightMax = 20_000;
const ruleCount = 20;

export function configText(upstreamUrl: string, active: readonly Feature[]): string {
  const has = (feature: Feature): boolean => active.includes(feature);
  const when = (feature: Feature, lines: readonly string[]): readonly string[] =>
    has(feature) ? lines : [];
  return [
    'version: 1',
    'server:',
    `  connections_max: ${inFlightMax}`,
    'endpoints:',
    '  mock:',
    '    kind: openai-compatible',
    `    url: ${upstreamUrl}/v1`,
    '    tier: 3',
    '    private_address: true',
    `    in_flight_max: ${inFlightMax}`,
    '    credentials:',
    `      - secret: env:${secretNames.upstream}`,
    '    models: [mock-model]',
    ...when('prices', [
      '    price:',
      '      input_per_million_usd: 0.15',
      '      output_per_million_usd: 0.60',
    ]),
    ...when('plan', planLines),
    'tenants:',
    '  bench:',
    '    topology: hybrid',
    // The upstream stands for one of tier 3: what is found in prose must not keep a call from it.
    '    privacy: observe',
    ...when('plan', ['    plan: standard']),
    ...when('budget', ['    budget: { amount_usd: 1000000, per: month }']),
    ...when('rules', ['    policies: [bench]']),
    ...when('durable answers', ['    durable: before-answer']),
    'keys:',
    '  bench:',
    '    tenant: bench',
    `    secret: env:${secretNames.caller}`,
    ...when('rules', ['policies:', '  bench:', '    rules:', ...ruleLines()]),
    '',
  ].join('\n');
}

const planLines: readonly string[] = [
  'plans:',
  '  standard:',
  '    models: ["mock-*"]',
  `    in_flight_max: ${inFlightMax}`,
];

/** Rules that the calls of the benchmark read through and do not match. */
function ruleLines(): readonly string[] {
  return Array.from({ length: ruleCount }, (_, index) => [
    `      - name: rule-${index}`,
    `        when: { step: step_${index}, sensitivity: ">=internal" }`,
    '        route: { tier_max: 2 }',
  ]).flat();
}

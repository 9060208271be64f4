// A point of the check as somebody types it: the counterexample that can be run.
import type { Point } from './check.ts';

/** The command that shows the same point. */
export function commandFor(point: Point): string {
  const { tenant, key, label, down, level, model, step, agent, kinds = [] } = point;
  const { difficulty, inputTokens, outputTokensMax } = point;
  const residency = tenant.residency ?? ['any'];
  const flags: readonly (readonly [string, string | undefined])[] = [
    ['tenant', tenant.name],
    ['key', key?.name],
    ['sensitivity', label],
    ...kinds.map((kind) => ['kind', kind] as const),
    ['consent', point.consent],
    ['subject', point.subject],
    ['topology', tenant.topology],
    ...residency.map((region) => ['residency', region] as const),
    ['plan', tenant.plan?.name],
    ['model', model],
    ['step', step],
    ['agent', agent],
    ['difficulty', difficulty],
    ['dialect', point.dialect],
    ['operation', point.operation],
    ['latency-budget', point.latencyBudgetMs?.toString()],
    ...Object.entries(point.tags ?? {}).map(([tag, value]) => ['tag', `${tag}=${value}`] as const),
    ['input-tokens', inputTokens?.toString()],
    ['output-tokens', outputTokensMax?.toString()],
    ['tools', point.tools === true ? '' : undefined],
    ['stream', point.stream === true ? '' : undefined],
    ...down.map((name) => ['down', name] as const),
    ['level', level === 0 ? undefined : String(level)],
  ];
  const words = flags.flatMap(([flag, value]) =>
    value === undefined ? [] : [value === '' ? `--${flag}` : `--${flag} ${quoted(value)}`],
  );
  return `signalbox policy explain ${words.join(' ')}`;
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

// `signalbox policy shadow`: what a policy in shadow mode would have changed on live calls, as the
// gateway counted it.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { listIn, memberOf, numberIn, textIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'policy shadow',
    says: 'What a policy in shadow mode would have changed on live calls.',
    takes: [{ name: 'NAME', says: 'The policy.' }],
    examples: ['signalbox policy shadow legal-next', 'signalbox policy shadow legal-next --json'],
    run: shadow,
  },
];

const COUNTS: readonly (readonly [name: string, says: string])[] = [
  ['calls', 'calls looked at'],
  ['same', 'the same'],
  ['moved', 'would have gone elsewhere'],
  ['refused', 'would have been refused'],
  ['allowed', 'would have been let through'],
  ['residency_violations', 'outside of where it had to stay'],
];

async function shadow(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = encodeURIComponent(asked.words['NAME'] ?? '');
  const found = await askAdmin(desk, { path: `/admin/v1/policies/${name}/shadow` });
  const outside = numberIn(found, 'residency_violations') ?? 0;
  if (terminal.json) terminal.out(`${JSON.stringify(found)}\n`);
  else terminal.out(textOf(found));
  if (textIn(found, 'mode') !== 'shadow') {
    terminal.say(`It is in force. \`mode: shadow\` in its document holds it back.`);
  }
  terminal.say('next: signalbox policy replay --since 24h');
  return outside > 0 ? EXIT.failed : EXIT.ok;
}

function textOf(found: unknown): string {
  const money = memberOf(found, 'micro_usd');
  const usd = (key: string): string => ((numberIn(money, key) ?? 0) / 1e6).toFixed(6);
  const tiers = Object.entries(Object(memberOf(found, 'tiers')));
  const rows = [
    ...COUNTS.map(([name, says]) => [says, String(numberIn(found, name) ?? 0)]),
    ...tiers.map(([tier, calls]) => [`tier ${tier}`, String(calls)]),
    ['cost at most', `${usd('before')} USD -> ${usd('after')} USD`],
  ];
  const examples = listIn(found, 'examples').map((one) => [
    textIn(one, 'decision') ?? '',
    textIn(one, 'tenant') ?? '',
    `${textIn(one, 'before')} -> ${textIn(one, 'after')}`,
  ]);
  const lines = examples.map((row) => row.map(printable));
  return `${columns(rows)}${lines.length === 0 ? '' : `\n${columns(lines)}`}`;
}

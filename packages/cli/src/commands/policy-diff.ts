// `signalbox policy diff`: what two configurations say and decide differently, asked of the files.
import { commandFor, differenceOf, type PointChange, type RuleChange } from '@signalbox/engine';
import type { Asked, Command, Desk } from '../command.ts';
import { compiledOffline } from '../configuration/compiled.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable } from '../layout.ts';

export const commands: readonly Command[] = [
  {
    name: 'policy diff',
    says: 'Which rules two configurations say differently, and which calls they decide so.',
    takes: [
      { name: 'BEFORE', says: 'A configuration file or pattern.' },
      { name: 'AFTER', says: 'Another one.' },
    ],
    examples: [
      'signalbox policy diff signalbox.yaml next.yaml',
      'signalbox policy diff signalbox.yaml next.yaml --json',
    ],
    run: diff,
  },
];

async function diff(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const { BEFORE: was = '', AFTER: is = '' } = asked.words;
  const before = await compiledOffline(place, { patterns: [was] });
  const after = await compiledOffline(place, { patterns: [is] });
  const found = differenceOf(before, after, { at: Date.now() });
  const { rules, points, stride, different, kinds } = found;
  const shown = kinds.map((one) => shownKind(one, is));
  if (terminal.json) {
    const document = { rules: rules.map(shownRule), points, stride, different, kinds: shown };
    terminal.out(`${JSON.stringify(document)}\n`);
  } else {
    for (const one of rules) {
      const { policy, rule, change } = shownRule(one);
      terminal.out(`${change.padEnd(8)} ${printable(policy)}${rule === null ? '' : `/${rule}`}\n`);
    }
    for (const one of shown) {
      terminal.out(`\n${one.points} points: ${printable(one.before)} -> ${printable(one.after)}\n`);
      terminal.out(`  ${one.command}\n`);
    }
  }
  const every = stride === 1 ? '' : ` (one of ${stride})`;
  terminal.say(`${different} of ${points} points${every} are decided differently.`);
  terminal.say(`next: signalbox policy replay --since 24h --config ${printable(is)}`);
  return EXIT.ok;
}

const shownRule = ({ policy, rule, change }: RuleChange) => ({
  policy,
  rule: rule ?? null,
  change,
});

const shownKind = ({ before, after, points, example }: PointChange, file: string) => ({
  before,
  after,
  points,
  command: `${commandFor(example)} --config ${file}`,
});

// `signalbox policy test|check|explain`: what policies do, asked of the files, before anybody is
// served by them. Work without a server.

import type { ConfigurationFile } from '@signalbox/config';
import {
  checkPolicies,
  commandFor,
  doesOf,
  explainImagined,
  GATE_WORDS,
  testPolicies,
  type Violation,
} from '@signalbox/engine';
import type { Asked, Command, Desk, FlagFacts } from '../command.ts';
import { compiledOffline } from '../configuration/compiled.ts';
import { CONFIG_FLAG } from '../configuration/config-flag.ts';
import { draftNamed, type ReadFrom, runnable } from '../configuration/runnable.ts';
import { draftFile } from '../configuration/written-text.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns, printable } from '../layout.ts';
import { CALL_FLAGS, describedCall } from './imagined-call.ts';
import { textGiven } from './standard-input.ts';

const DRAFT_FLAG: FlagFacts = {
  says: 'As if this stood in a file: policies/NAME=FILE, `-` for standard input.',
  takes: 'DRAFT',
  many: true,
};

export const commands: readonly Command[] = [
  {
    name: 'policy test',
    says: 'Run the tests that stand beside the rules.',
    flags: { config: CONFIG_FLAG },
    examples: ['signalbox policy test', 'signalbox policy test --config signalbox.yaml --json'],
    run: test,
  },
  {
    name: 'policy check',
    says: 'Try every kind of tenant, data and trouble against what the documents promise.',
    flags: { config: CONFIG_FLAG },
    examples: ['signalbox policy check', 'signalbox policy check --json'],
    run: check,
  },
  {
    name: 'policy explain',
    says: 'Say which rules hold for a call, and where it would go.',
    flags: { config: CONFIG_FLAG, draft: DRAFT_FLAG, ...CALL_FLAGS },
    examples: [
      'signalbox policy explain --tenant acme --sensitivity regulated',
      'signalbox policy explain --tenant acme --plan pro --residency eu --down far',
    ],
    run: explain,
  },
];

async function test(_asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const { snapshot, configuration } = await compiledOffline(place);
  const results = testPolicies(snapshot, configuration, Date.now());
  const failed = results.filter(({ failures }) => failures.length > 0);
  const rows = results.map(({ policy, test: { name, origin }, failures }) => ({
    policy,
    test: name,
    passed: failures.length === 0,
    failures,
    at: origin === undefined ? null : `${origin.file}:${origin.line}`,
  }));
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    for (const row of rows) {
      const mark = row.passed ? 'ok    ' : 'failed';
      const where = row.passed || row.at === null ? '' : ` (${row.at})`;
      terminal.out(printable(`${mark} ${row.policy}: ${row.test}${where}`));
      terminal.out('\n');
      for (const one of row.failures) terminal.out(`       ${printable(one)}\n`);
    }
  }
  terminal.say(`${results.length} tests, ${failed.length} failed.`);
  if (results.length === 0) terminal.say('Write them under `tests` of a policy.');
  terminal.say('next: signalbox policy check');
  return failed.length > 0 ? EXIT.failed : EXIT.ok;
}

async function check(_asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const { snapshot, configuration } = await compiledOffline(place);
  const began = performance.now();
  const checked = checkPolicies(snapshot, configuration, { at: Date.now() });
  const ms = Math.round(performance.now() - began);
  const { points, stride, violations, notes } = checked;
  if (terminal.json) {
    const data = violations.map((one) => shownViolation(one, readFrom(place)));
    terminal.out(`${JSON.stringify({ points, stride, ms, violations: data, notes })}\n`);
  } else {
    for (const one of violations) {
      const { kind, says, command } = shownViolation(one, readFrom(place));
      terminal.out(`${kind}: ${printable(says)}\n`);
      if (command !== null) terminal.out(`  ${command}\n`);
    }
  }
  for (const one of notes) terminal.say(`note: ${printable(one)}`);
  const every = stride === 1 ? '' : ` (one of ${stride})`;
  terminal.say(`${points} points${every} in ${ms} ms, ${violations.length} violations.`);
  terminal.say('next: signalbox policy replay --since 24h');
  return violations.length > 0 ? EXIT.failed : EXIT.ok;
}

const shownViolation = ({ kind, says, point }: Violation, from: ReadFrom) => ({
  kind,
  says,
  command: point === undefined ? null : runnable(commandFor(point), from),
});

const readFrom = ({ settings, dataFolder, folder }: Desk['place']): ReadFrom => ({
  ...{ configFiles: settings.configFiles, dataFolder, folder },
});

async function explain(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const given = asked.list('draft').map(draftNamed);
  const drafts: ConfigurationFile[] = [];
  for (const one of given) drafts.push(draftFile(one, await textGiven(one.file, place)));
  const { snapshot, configuration } = await compiledOffline(place, { drafts });
  const described = describedCall(asked, snapshot, configuration);
  const explained = explainImagined(described.call, snapshot, described);
  const { offers, terms, candidates } = explained;
  const matched = explained.matched.map((one) => ({
    scope: one.scope,
    policy: one.policy.name,
    version: one.policy.version ?? null,
    rule: one.name,
    mode: one.policy.mode,
    undecided: one.undecided,
    does: doesOf(one),
  }));
  const clearance = terms && {
    ceiling: terms.ceiling,
    residency: terms.residency ?? null,
    retention: terms.retention,
    own_only: terms.ownOnly,
  };
  const refusal = explained.refusal ?? null;
  if (terminal.json) {
    const route = offers.map(({ place: { name, tier }, offering }) => ({
      endpoint: name,
      model: offering.model,
      tier,
    }));
    const seen = candidates.map(({ endpoint, model, tier, gates }) => ({
      endpoint,
      model,
      tier,
      gates,
    }));
    terminal.out(`${JSON.stringify({ matched, clearance, route, refusal, candidates: seen })}\n`);
    return EXIT.ok;
  }
  const rules = matched.map((one) => [
    one.scope,
    one.policy,
    printable(one.rule),
    printable(one.does.join(', ')),
    one.mode === 'shadow' ? 'shadow' : one.undecided ? 'undecided: restricts' : '',
  ]);
  terminal.out(columns([['scope', 'policy', 'rule', 'does', ''], ...rules]));
  terminal.out(`\nclearance ${JSON.stringify(clearance ?? null)}\n`);
  if (refusal !== null) terminal.out(`refused   ${refusal.code}: ${printable(refusal.message)}\n`);
  const lines = candidates.map(({ endpoint, model, tier, gates, turn }) => {
    const why = turn !== undefined ? `${turn}.` : gates.map((gate) => GATE_WORDS[gate]).join('; ');
    return [endpoint, model, `tier ${tier}`, why];
  });
  terminal.out(`\n${columns(lines)}`);
  return EXIT.ok;
}

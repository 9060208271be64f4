// `signalbox policy replay`: recorded decisions of this machine's gateway, made again under the
// files as they are now. Reads the journal; the gateway may run beside it.

import { join } from 'node:path';
import type { CallRecord } from '@signalbox/contract';
import { formatUsd } from '@signalbox/contract';
import { type Moved, type Replayed, replay } from '@signalbox/engine';
import { JournalFault, nodeDisk, readJournal } from '@signalbox/ports';
import type { Asked, Command, Desk } from '../command.ts';
import { compiledOffline } from '../configuration/compiled.ts';
import { CONFIG_FLAG } from '../configuration/config-flag.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import { columns, printable } from '../layout.ts';

export const commands: readonly Command[] = [
  {
    name: 'policy replay',
    says: 'Make recorded decisions again under the files as they are now: what would change.',
    flags: {
      since: { says: 'How far back: 30m, 24h, 7d; 24h.', takes: 'TIME' },
      tenant: { says: 'Only calls of this tenant.', takes: 'NAME' },
      config: CONFIG_FLAG,
    },
    examples: [
      'signalbox policy replay --since 24h',
      'signalbox policy replay --since 7d --config next/signalbox.yaml --json',
    ],
    run: replayRecords,
  },
];

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Newer ones go before older ones. */
const RECORDS_MAX = 500_000;

async function replayRecords(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(asked.text('since') ?? '24h') ?? [];
  const factor = UNITS_MS[unit];
  if (factor === undefined) throw misused('--since takes a time such as 30m, 24h or 7d.');
  const { snapshot, configuration, version } = await compiledOffline(place);
  const from = Date.now() - Number(count) * factor;
  const records = await recordsSince(join(place.dataFolder, 'journal'), from);
  const tenant = asked.text('tenant');
  const wanted = records.filter((one) => tenant === undefined || one.tenant === tenant);
  const began = performance.now();
  const found = replay(wanted, snapshot, configuration);
  const ms = Math.round(performance.now() - began);
  const document = documentOf(found, version, ms);
  if (terminal.json) terminal.out(`${JSON.stringify(document)}\n`);
  else terminal.out(textOf(found));
  for (const [why, times] of found.left) terminal.say(`${times} not made again: ${why}`);
  terminal.say(`${found.replayed} of ${found.decisions} decisions in ${ms} ms.`);
  terminal.say('next: signalbox policy explain --tenant NAME');
  return found.breaches.length > 0 ? EXIT.failed : EXIT.ok;
}

async function recordsSince(folder: string, from: number): Promise<readonly CallRecord[]> {
  const records: CallRecord[] = [];
  const start = { position: { segment: 0, offset: 0 } };
  try {
    await readJournal(nodeDisk(), folder, start, ({ head, bodyText }) => {
      if (head.kind !== 'settlement' || head.at < from || bodyText === undefined) return true;
      records.push(JSON.parse(bodyText)); // our own entry: its frame and chain were checked
      return true;
    });
  } catch (cause) {
    if (!(cause instanceof JournalFault)) throw cause;
    throw new CommandFault(EXIT.failed, cause.message, { hint: 'signalbox doctor journal' });
  }
  return records.slice(-RECORDS_MAX);
}

function documentOf(found: Replayed, version: string, tookMs: number): object {
  const { decisions, replayed, identical, moved, nanoUsd, ms, left, examples, breaches } = found;
  return {
    version,
    took_ms: tookMs,
    decisions,
    replayed,
    identical,
    /** The first offer is the same; what stands behind it, or why, is not. */
    same_place: replayed - identical - moved,
    moved,
    left: Object.fromEntries(left),
    micro_usd: { before: Number(nanoUsd.before / 1_000n), after: Number(nanoUsd.after / 1_000n) },
    mean_ms: { before: mean(ms.before, ms.calls), after: mean(ms.after, ms.calls) },
    examples,
    residency_violations: breaches.length,
    violations: breaches.slice(0, SHOWN_MAX),
  };
}

const SHOWN_MAX = 20;
const mean = (sum: number, calls: number): number | null =>
  calls === 0 ? null : Math.round((sum / calls) * 10) / 10;

function textOf(found: Replayed): string {
  const { replayed, identical, moved, nanoUsd, ms, examples, breaches } = found;
  const rows = [
    ['the same', String(identical)],
    ['the same place, decided otherwise', String(replayed - identical - moved)],
    ['would go elsewhere', String(moved)],
    ['cost', `${formatUsd(nanoUsd.before)} USD -> ${formatUsd(nanoUsd.after)} USD`],
    [
      'mean time',
      `${mean(ms.before, ms.calls) ?? '-'} ms -> ${mean(ms.after, ms.calls) ?? '-'} ms`,
    ],
    ['outside of where it had to stay', String(breaches.length)],
  ];
  const listed = [...breaches.slice(0, SHOWN_MAX).map((one) => ['!', ...shown(one)])];
  const told = new Set(breaches.slice(0, SHOWN_MAX).map((one) => one.decision));
  const rest = examples.filter((one) => !told.has(one.decision));
  const others = rest.map((one) => ['', ...shown(one)]);
  return `${columns(rows)}\n${columns([...listed, ...others])}`;
}

const shown = ({ decision, tenant, before, after }: Moved): readonly string[] => [
  decision,
  printable(tenant),
  `${printable(before)} -> ${printable(after)}`,
];

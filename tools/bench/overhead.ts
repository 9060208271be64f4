import { withEntrants } from './entrants.ts';
import { overheadGoals } from './goals.table.ts';
import { atRate, measureLoopDelay } from './loop-delay.ts';
import { measureMemory } from './memory.ts';
import type { Report } from './report.ts';
import { interleave } from './rounds.ts';
import { type BenchOptions, withSetting } from './setting.ts';
import { addedFigures, fullScale, quickScale, steps } from './steps.ts';
import { versions } from './versions.ts';

/**
 * What a call costs on its way through, against no gateway, a bare proxy and a peer.
 *
 * Promise: all contestants stand in front of one upstream at the same time and are measured in
 * turns, round after round, so that what the machine does meanwhile falls on all of them. Every
 * answer is read and judged.
 * Limit: upstream, driver and contestant share this machine's cores. Ratios of one run travel;
 * absolute figures do not.
 */
export async function overhead(options: BenchOptions): Promise<Report> {
  const plan = steps(options.quick ? quickScale : fullScale);
  const { book, faults } = await withSetting(options, async (setting) => {
    await withEntrants(setting, (entrants) => interleave(setting, entrants, plan));
    await measureMemory(setting);
    await measureLoopDelay(setting, atRate);
  });
  for (const figure of addedFigures) book.writeAdded(figure);
  return {
    name: options.quick ? 'overhead --quick' : 'overhead',
    versions: versions(),
    rows: book.rows(overheadGoals, !options.quick),
    faults,
  };
}

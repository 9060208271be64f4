import { withEntrants } from './entrants.ts';
import { scannedGoals } from './goals.table.ts';
import { hugeBodies, measureLoopDelay } from './loop-delay.ts';
import type { Report } from './report.ts';
import { interleave } from './rounds.ts';
import { type BenchOptions, withSetting } from './setting.ts';
import { fullScale, quickScale, scannedSteps } from './steps.ts';
import { versions } from './versions.ts';

/**
 * What it costs a call that its content is read: CPU by what the content is, against a peer that
 * reads none of it, and how long the loop is held up while large bodies are read. As `overhead`
 * in everything else.
 */
export async function scanned(options: BenchOptions): Promise<Report> {
  const plan = scannedSteps(options.quick ? quickScale : fullScale);
  const { book, faults } = await withSetting(options, async (setting) => {
    await withEntrants(setting, (entrants) => interleave(setting, entrants, plan));
    await measureLoopDelay(setting, hugeBodies);
  });
  return {
    name: options.quick ? 'scanned --quick' : 'scanned',
    versions: versions(),
    rows: book.rows(scannedGoals, !options.quick),
    faults,
  };
}

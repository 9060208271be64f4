import type { Entrant } from './entrants.ts';
import { readTree } from './proc-tree.ts';
import { type Setting, targetOf } from './setting.ts';
import type { Step } from './steps.ts';

/**
 * Rounds of interleaved measurements: each step is taken by all contestants one right after the
 * other, in an order that rotates with the round, before the next step begins. A measurement with
 * a wrong answer counts for nothing and is tried once more; both are reported.
 */

interface Turn {
  readonly entrant: Entrant;
  readonly step: Step;
  readonly round: number;
}

export async function interleave(
  setting: Setting,
  entrants: readonly Entrant[],
  plan: readonly Step[],
): Promise<void> {
  const { rounds, roundsMsMax, say } = setting.options;
  const beginMs = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const spentMs = performance.now() - beginMs;
    if (round > 0 && spentMs + spentMs / round > roundsMsMax) {
      setting.faults.push(`stopped after ${round} of ${rounds} rounds: the time was over`);
      return;
    }
    for (const step of plan) {
      say(`round ${round + 1} of ${rounds}: ${step.name}`);
      for (let place = 0; place < entrants.length; place += 1) {
        const entrant = entrants[(place + round) % entrants.length];
        if (entrant !== undefined) await measureTwice(setting, { entrant, step, round });
      }
    }
  }
}

async function measureTwice(setting: Setting, turn: Turn): Promise<void> {
  const first = await measure(setting, turn);
  if (first === undefined) return;
  const second = await measure(setting, turn);
  const where = `${turn.entrant.contestant.name}, ${turn.step.name}, round ${turn.round + 1}`;
  const then = second === undefined ? 'repeated well' : `again ${second}`;
  setting.faults.push(`${where}: ${first}; ${then}`);
}

/** Measures one step; answers the reason when it counts for nothing. */
async function measure(setting: Setting, turn: Turn): Promise<string | undefined> {
  const { running, contestant } = turn.entrant;
  const root = running.treeRoot;
  const before = root === undefined ? 0 : readTree(root).cpuUs;
  const result = await setting.driver.run(turn.step.command(targetOf(running)));
  const cpuUs = root === undefined ? undefined : readTree(root).cpuUs - before;
  if (result.failures > 0) return `${result.failures} wrong answers (${result.failureFirst})`;
  for (const [figure, value] of Object.entries(turn.step.figures({ result, cpuUs }))) {
    if (value === undefined) continue;
    setting.book.write({ figure, contestant: contestant.name, round: turn.round, value });
  }
  return undefined;
}

import { Book } from './book.ts';
import { type Announced, startAnnounced } from './child.ts';
import { type Contestant, model, type Running } from './contestants/contestant.ts';
import { type Driver, startDriver } from './driver/driver.ts';
import type { Target } from './driver/requests.ts';
import { mockPath } from './mock/path.ts';

/**
 * What every part of a benchmark works with: the upstream, the driver, the book of figures and
 * the list of faults.
 */

export interface BenchOptions {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** No round begins that would end after this time; infinite where the caller chose the rounds. */
  readonly roundsMsMax: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

export interface Setting {
  readonly options: BenchOptions;
  readonly mock: Announced;
  readonly driver: Driver;
  readonly book: Book;
  readonly faults: string[];
}

/** Starts upstream and driver, and ends them however the work ends. */
export async function withSetting(
  options: BenchOptions,
  work: (setting: Setting) => Promise<void>,
): Promise<Setting> {
  const mock = await startAnnounced(mockPath);
  const driver = startDriver();
  const setting: Setting = { options, mock, driver, book: new Book(), faults: [] };
  try {
    await work(setting);
  } finally {
    driver.close();
    await mock.close();
  }
  return setting;
}

export function targetOf(running: Running): Target {
  return { url: running.url, headers: running.headers, model };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

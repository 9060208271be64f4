// Whether documents that can be read may be published: what they promise is checked, and a broken
// promise is a mistake of the documents like any other.
import type { Clock } from '@signalbox/contract';
import { type Publishing, publishing } from '@signalbox/gateway';
import { nodeKeys } from '@signalbox/trust/node';
import type { Whole } from './whole.ts';

const PEPPER_BYTES = 32;

export const publishingBy = (clock: Clock): Publishing =>
  publishing({ clock, keys: nodeKeys(new Uint8Array(PEPPER_BYTES)) });

/** The same, or what stands in its way. */
export async function publishable(whole: Whole, checks: Publishing): Promise<Whole> {
  if (!whole.ok) return whole;
  const { staged, files } = whole;
  const problems = await checks.refusals({ configuration: staged, files });
  return problems.length === 0 ? whole : { ok: false, problems };
}

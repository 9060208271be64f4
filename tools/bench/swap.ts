import type {
  Configuration,
  KeyDocument,
  PriceSnapshot,
  TenantDocument,
} from '../../packages/documents/src/index.ts';
import {
  type Built,
  build,
  chatOf,
  configurationOf,
} from '../../packages/engine/src/house.fixture.ts';
import type { Snapshot } from '../../packages/engine/src/house.ts';
import { enter } from '../../packages/engine/src/line.ts';
import { resolve } from '../../packages/engine/src/resolve/resolve.ts';
import { learned } from '../../packages/engine/src/rounds.ts';
import { compile } from '../../packages/gateway/src/compile.ts';
import { apiKeyMac, parseApiKey } from '../../packages/trust/src/index.ts';

/**
 * What a change of the documents costs a node that serves ten thousand tenants: the one block in
 * which the new snapshot is made and takes the place of the old one, and what the first call of a
 * tenant takes more than its second. Documents are read before, in a block of their own that this
 * does not measure.
 */

const tenants = 10_000;
/** Swaps that only warm the machine up, and swaps that count. */
const warmUp = 4;
const swaps = 12;
const callers = 200;

export interface Swapped {
  /** The longest of the swaps. */
  readonly blockMs: number;
  /** Of each caller, its first call after a swap without its second, by rising time. */
  readonly firstMoreUs: Float64Array;
}

export async function swapped(yaml: string, listed: PriceSnapshot | undefined): Promise<Swapped> {
  const built = build(yaml);
  const configuration = withTenants(configurationOf(yaml), built);
  let blockMs = 0;
  for (let at = 0; at < warmUp + swaps; at += 1) {
    const begun = performance.now();
    built.swap(learned(compiled(configuration, built, listed), built.house.live));
    const took = performance.now() - begun;
    if (at >= warmUp) blockMs = Math.max(blockMs, took);
    await new Promise((done) => setImmediate(done));
  }
  const firstMoreUs: number[] = [];
  for (let at = 0; at < callers; at += 1) {
    const key = `k${at * 37}`;
    const first = await callUs(built, key);
    const second = await callUs(built, key);
    firstMoreUs.push(first - second);
  }
  return { blockMs, firstMoreUs: Float64Array.from(firstMoreUs).sort() };
}

/** The tenants of the text as patterns, ten thousand times, each with a key of its own. */
function withTenants(base: Configuration, built: Built): Configuration {
  const patterns = [...base.tenants.values()];
  const keyPattern = [...base.keys.values()][0];
  if (keyPattern === undefined) throw new Error('the text has a key');
  const all = new Map<string, TenantDocument>();
  const keys = new Map<string, KeyDocument>();
  for (let at = 0; at < tenants; at += 1) {
    const pattern = patterns[at % patterns.length];
    if (pattern === undefined) continue;
    all.set(`t${at}`, { ...pattern, name: `t${at}` });
    const shown = parseApiKey(built.keyText(`k${at}`));
    if (shown === undefined) throw new Error('a minted key can be read');
    const proof = { id: shown.id, secretHash: hex(apiKeyMac(shown, built.keys)) };
    const named = { name: `k${at}`, tenant: `t${at}`, secret: undefined };
    keys.set(`k${at}`, { ...keyPattern, ...named, ...proof });
  }
  return { ...base, tenants: all, keys };
}

function compiled(
  configuration: Configuration,
  { keys }: Built,
  listed: PriceSnapshot | undefined,
): Snapshot {
  const secretOf = (): undefined => undefined;
  return compile({ configuration, version: 'v', keys, secretOf, listed, at: Date.now() });
}

async function callUs(built: Built, key: string): Promise<number> {
  const { house } = built;
  const call = built.call(chatOf('auto'), { key });
  const begun = performance.now();
  const entered = await enter(call, house, { seen: call });
  if (!entered.ok) throw new Error(entered.refusal.message);
  const { catalog, policies, consents } = house.now();
  resolve(entered.value, { catalog, policies, consents, closings: house.live.order });
  return (performance.now() - begun) * 1_000;
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

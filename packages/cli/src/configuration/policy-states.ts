// What was done with policies while the gateway ran, and which no document can say: who approved
// which content, how far a candidate was promoted, what was rolled back, and what was in force
// before. Contents are known by their digest: an edit makes another content, which nobody approved.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalText, type PolicyDocument } from '@signalbox/documents';
import { writeWhole } from './write-whole.ts';

const DIGEST_CHARACTERS = 16;
/** Of each policy, the newest. */
const KEPT_MAX = 10;

export type Approval = { readonly digest: string; readonly by: string; readonly at: number };
export type Release = { readonly digest: string; readonly text: string; readonly at: number };

export type PolicyState = {
  readonly approvals: readonly Approval[];
  /** What was in force for everybody, the newest last, as it was written. */
  readonly released: readonly Release[];
  /** How far that content has been let; a null ring: to everybody. */
  readonly stage?: { readonly digest: string; readonly ring: number | null } | undefined;
  /** Instead of the one content the other is in force. */
  readonly back?: { readonly from: string; readonly to: string } | undefined;
};

export type PolicyStates = ReadonlyMap<string, PolicyState>;

export const NO_STATE: PolicyState = { approvals: [], released: [] };

const FILE = 'policies.json';
const VERSION = 1;

/** Throws when the file is not one of ours: what nobody approved must not come into force. */
export async function readPolicyStates(dataFolder: string): Promise<PolicyStates> {
  const path = join(dataFolder, FILE);
  const found = await readFile(path, 'utf8').catch(missing);
  if (found === undefined) return new Map();
  const read = decode(found);
  if (read === undefined) {
    throw new Error(`${path} cannot be read; remove it to forget what was approved and promoted.`);
  }
  return read;
}

export async function writePolicyStates(dataFolder: string, states: PolicyStates): Promise<void> {
  const policies = Object.fromEntries(
    [...states].map(([name, one]) => [
      name,
      {
        ...one,
        approvals: one.approvals.slice(-KEPT_MAX),
        released: one.released.slice(-KEPT_MAX),
      },
    ]),
  );
  const document = { v: VERSION, policies };
  await writeWhole(join(dataFolder, FILE), `${JSON.stringify(document, undefined, 2)}\n`);
}

/** Of what a policy means; its tests decide nothing. */
export function contentDigest({ tests: _tests, ...document }: PolicyDocument): string {
  const hash = createHash('sha256').update(canonicalText(document)).digest('hex');
  return hash.slice(0, DIGEST_CHARACTERS);
}

function decode(text: string): PolicyStates | undefined {
  try {
    const { v, policies } = Object(JSON.parse(text));
    if (v !== VERSION || typeof policies !== 'object') return undefined;
    return new Map(Object.entries(policies).map(([name, one]) => [name, stateIn(one)]));
  } catch {
    return undefined;
  }
}

/** Throws where something is of another shape. */
function stateIn(value: unknown): PolicyState {
  const { approvals, released, stage, back } = Object(value);
  return {
    approvals: listIn(approvals).map((one) => ({
      digest: textIn(one, 'digest'),
      by: textIn(one, 'by'),
      at: numberIn(one, 'at'),
    })),
    released: listIn(released).map((one) => ({
      digest: textIn(one, 'digest'),
      text: textIn(one, 'text'),
      at: numberIn(one, 'at'),
    })),
    stage:
      stage === undefined
        ? undefined
        : {
            digest: textIn(stage, 'digest'),
            ring: stage.ring === null ? null : numberIn(stage, 'ring'),
          },
    back: back === undefined ? undefined : { from: textIn(back, 'from'), to: textIn(back, 'to') },
  };
}

function listIn(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('no list');
  return value;
}

function textIn(value: unknown, key: string): string {
  const found: unknown = Reflect.get(Object(value), key);
  if (typeof found !== 'string') throw new TypeError(`${key} is no text`);
  return found;
}

function numberIn(value: unknown, key: string): number {
  const found: unknown = Reflect.get(Object(value), key);
  if (typeof found !== 'number') throw new TypeError(`${key} is no number`);
  return found;
}

function missing(cause: unknown): undefined {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}

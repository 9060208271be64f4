// Endpoints that tenants bring, kept in one file a tenant below the data folder, in the words of
// the configuration and read with the tenant as its writer: what it may not say is refused there,
// like a private address. Its key goes into the sealed credentials, never into a document. A change
// is tried with everything else before it is written, and in force when the promise resolves.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, type Secret, type TenantName } from '@signalbox/contract';
import {
  BROUGHT_MAX,
  type Brought,
  type BroughtChange,
  type BroughtDesk,
  type DeskAnswer,
} from '@signalbox/control';
import type { Examination } from '@signalbox/engine';
import type { Credentials } from '@signalbox/ports';
import { tenantFile } from '../configuration/gather.ts';
import { readSwitches, writeSwitches } from '../configuration/switches.ts';
import { writeWhole } from '../configuration/write-whole.ts';
import { invalid, ownedBy, type Trial } from './attempt.ts';
import { type ConsoleTree, readTree, textOfTree, withDocument, without } from './console-tree.ts';
import { type Documents, problemsOf, type Reading } from './documents.ts';

export type BroughtOptions = {
  readonly documents: Documents;
  readonly dataFolder: string;
  readonly credentials: Credentials;
  readonly attempt: (trial: Trial) => Promise<Reading>;
  readonly examine: (endpoint: string) => Promise<Examination>;
};

export function openBrought(options: BroughtOptions): BroughtDesk {
  const { documents, credentials } = options;
  const desk = new Desk(options);
  return {
    bring: (brought) => documents.alone(() => desk.bring(brought)),
    change: (name, change) => documents.alone(() => desk.change(name, change)),
    giveKey: (name, key) => documents.alone(() => desk.giveKey(name, key)),
    takeAway: (name) => documents.alone(() => desk.takeAway(name)),
    rotate: (tenant) => documents.alone(() => credentials.rotate(tenant)),
    examine: options.examine,
  };
}

const DONE: DeskAnswer = { kind: 'done' };
const UNKNOWN: DeskAnswer = { kind: 'unknown' };
const FOLDER_MODE = 0o700;

const HEAD =
  '# Kept by Signalbox: endpoints that this tenant brought through the admin API. Their keys\n' +
  '# are sealed beside, and go to the address that they were brought for alone.\n';

class Desk {
  readonly #options: BroughtOptions;

  constructor(options: BroughtOptions) {
    this.#options = options;
  }

  async bring({ tenant, name, document, key }: Brought): Promise<DeskAnswer> {
    const { configuration } = this.#options.documents.inForce.read;
    if (!configuration.tenants.has(tenant)) return NO_TENANT;
    const tree = await this.#tree(tenant);
    if (configuration.endpoints.has(name) || tree.endpoints?.[name] !== undefined) {
      return { kind: 'exists' };
    }
    if (Object.keys(tree.endpoints ?? {}).length >= BROUGHT_MAX) return TOO_MANY;
    const next = withDocument(tree, 'endpoints', name, document);
    const wrong = await this.#wrongWith(tenant, next);
    if (wrong !== undefined) return wrong;
    if (key !== undefined) {
      await this.#options.credentials.keep(name, { secret: key, origin: originOf(document) });
    }
    return this.#write(tenant, next);
  }

  async change(name: string, { url, models, quarantine }: BroughtChange): Promise<DeskAnswer> {
    const found = await this.#find(name);
    if (found.kind !== 'found') return found;
    const { tenant, tree, document } = found;
    const { quarantine: was, ...rest } = document;
    const isIn = quarantine ?? was === true;
    const isSame = url === undefined || new URL(url).origin === originOf(document);
    assert(isSame, 'its key belongs to its origin');
    const next = withDocument(tree, 'endpoints', name, {
      ...rest,
      ...(url === undefined ? {} : { url }),
      ...(models === undefined ? {} : { models: [...models] }),
      ...(isIn ? { quarantine: true } : {}),
    });
    return (await this.#wrongWith(tenant, next)) ?? this.#write(tenant, next);
  }

  async giveKey(name: string, key: Secret | undefined): Promise<DeskAnswer> {
    const found = await this.#find(name);
    if (found.kind !== 'found') return found;
    const { tenant, tree, document } = found;
    const { credentials: _old, ...rest } = document;
    const named = key === undefined ? {} : { credentials: [{ secret: `sealed:${name}` }] };
    const next = withDocument(tree, 'endpoints', name, { ...rest, ...named });
    const wrong = await this.#wrongWith(tenant, next);
    if (wrong !== undefined) return wrong;
    const { credentials } = this.#options;
    if (key !== undefined) {
      await credentials.keep(name, { secret: key, origin: originOf(document) });
    }
    const written = await this.#write(tenant, next);
    if (key === undefined && written.kind === 'done') await credentials.remove(name);
    return written;
  }

  async takeAway(name: string): Promise<DeskAnswer> {
    const found = await this.#find(name);
    if (found.kind !== 'found') return found;
    const { tenant, tree } = found;
    const next = without(tree, 'endpoints', name);
    const answer = (await this.#wrongWith(tenant, next)) ?? (await this.#write(tenant, next));
    if (answer.kind !== 'done') return answer;
    const { credentials, dataFolder } = this.#options;
    await credentials.remove(name);
    // One that comes later under this name is not drained by what was said of this one.
    const switches = await readSwitches(dataFolder);
    if (!switches.drained.includes(name)) return DONE;
    const drained = switches.drained.filter((one) => one !== name);
    await writeSwitches(dataFolder, { ...switches, drained });
    return this.#inForce();
  }

  async #find(name: string): Promise<Found | DeskAnswer> {
    const endpoint = this.#options.documents.inForce.read.configuration.endpoints.get(name);
    const tenant = endpoint?.tenant;
    if (endpoint === undefined) return UNKNOWN;
    const tree = tenant === undefined ? {} : await this.#tree(tenant);
    const document = tree.endpoints?.[name];
    if (tenant !== undefined && document !== undefined) {
      return { kind: 'found', tenant, tree, document };
    }
    return endpoint.origin === undefined ? UNKNOWN : ownedBy(endpoint.origin);
  }

  #tree(tenant: string): Promise<ConsoleTree> {
    return readTree(join(this.#options.dataFolder, tenantFile(tenant)));
  }

  /** Undefined: it fits everything else. */
  async #wrongWith(tenant: string, tree: ConsoleTree): Promise<DeskAnswer | undefined> {
    const instead = { [tenantFile(tenant)]: textOfTree(tree, HEAD) };
    const wrong = problemsOf(await this.#options.attempt({ instead }));
    return wrong.length === 0 ? undefined : invalid(wrong);
  }

  async #write(tenant: string, tree: ConsoleTree): Promise<DeskAnswer> {
    const file = join(this.#options.dataFolder, tenantFile(tenant));
    await mkdir(join(file, '..'), { recursive: true, mode: FOLDER_MODE });
    if (Object.keys(tree.endpoints ?? {}).length === 0) await rm(file, { force: true });
    else await writeWhole(file, textOfTree(tree, HEAD));
    return this.#inForce();
  }

  /** Keys are read again too: one that was replaced stands in the same place. */
  async #inForce(): Promise<DeskAnswer> {
    const wrong = await this.#options.documents.readAgain(true);
    return wrong.length === 0 ? DONE : invalid(wrong);
  }
}

type Found = {
  readonly kind: 'found';
  readonly tenant: string;
  readonly tree: ConsoleTree;
  readonly document: NonNullable<ConsoleTree['endpoints']>[string];
};

/** With the tenant go what it brought and its data key: nothing sealed for it opens any more. */
export async function forgetTenant(
  dataFolder: string,
  credentials: Credentials,
  tenant: TenantName,
): Promise<void> {
  await credentials.removeTenant(tenant);
  await rm(join(dataFolder, tenantFile(tenant)), { force: true });
}

function originOf({ url }: Brought['document']): string {
  assert(typeof url === 'string', 'an endpoint that fits has its URL');
  return new URL(url).origin;
}

const refused = (path: readonly string[], message: string, hint: string): DeskAnswer => ({
  kind: 'invalid',
  issues: [{ path, at: 'value', message, hint }],
});

const NO_TENANT = refused(['tenant'], 'no tenant has this name', '`signalbox tenant list`');
const TOO_MANY = refused(
  ['name'],
  `a tenant brings at most ${BROUGHT_MAX} endpoints`,
  'remove one that is not used: `signalbox endpoint remove NAME`',
);

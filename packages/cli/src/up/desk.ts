// The desk of the admin API: keeps the documents that people make there in `console.yaml` of the
// data folder, in the words of the configuration and as one more of its files. A change is tried
// with everything else before it is written, written whole, and in force when the answer leaves.
//
// It refuses what a file owns, and what does not fit the rest. Draining is no document: it holds
// whoever owns the endpoint, and is kept beside.
import { join } from 'node:path';
import { tenantName } from '@signalbox/contract';
import type { DeskAnswer, DeskNoun, DocumentsDesk, WrittenDocument } from '@signalbox/control';
import type { Origin } from '@signalbox/documents';
import type { Credentials } from '@signalbox/ports';
import { ADDED, providerDocument } from '../configuration/additions.ts';
import { CONSOLE_FILE, tenantFile } from '../configuration/gather.ts';
import { PROVIDER_KEYS } from '../configuration/provider-keys.table.ts';
import { readSwitches, type Switches, writeSwitches } from '../configuration/switches.ts';
import { writeWhole } from '../configuration/write-whole.ts';
import { invalid, ownedBy, type Trial } from './attempt.ts';
import { forgetTenant } from './brought.ts';
import {
  CONSOLE_HEAD,
  type ConsoleTree,
  readTree,
  textOfTree,
  withDocument,
  without,
} from './console-tree.ts';
import { type Documents, problemsOf, type Reading } from './documents.ts';
import { asksForEnforcement } from './imported.ts';

export type DeskOptions = {
  readonly documents: Documents;
  readonly dataFolder: string;
  /** The whole configuration as it would be. */
  readonly attempt: (trial: Trial) => Promise<Reading>;
  /** The keys that tenants brought: they go with their tenant. */
  readonly credentials: Credentials;
};

const DONE: DeskAnswer = { kind: 'done' };
const UNKNOWN: DeskAnswer = { kind: 'unknown' };

export function openDesk(options: DeskOptions): DocumentsDesk {
  const { documents } = options;
  const desk = new Desk(options);
  return {
    create: (noun, name, document) => documents.alone(() => desk.create(noun, name, document)),
    set: (noun, name, document) => documents.alone(() => desk.set(noun, name, document)),
    remove: (noun, name) => documents.alone(() => desk.remove(noun, name)),
    switchEndpoint: (name, to) =>
      documents.alone(() => (to === 'drain' ? desk.drain(name) : desk.enable(name))),
  };
}

class Desk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  async create(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer> {
    const tree = await this.#tree();
    if (this.#origin(noun, name) !== undefined || tree[noun]?.[name] !== undefined) {
      return { kind: 'exists' };
    }
    const { tenant } = document;
    const owned = typeof tenant === 'string' ? this.#withOwner(tree, tenant) : tree;
    return this.#write(withDocument(owned, noun, name, document));
  }

  /** The tenant that nobody named is kept from now on: it may not go while it has documents. */
  #withOwner(tree: ConsoleTree, tenant: string): ConsoleTree {
    if (this.#origin('tenants', tenant)?.file !== ADDED.demo) return tree;
    return withDocument(tree, 'tenants', tenant, {});
  }

  async set(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer> {
    const origin = this.#origin(noun, name);
    if (origin === undefined) return UNKNOWN;
    if (this.#isOurs(origin)) {
      return this.#write(withDocument(await this.#tree(), noun, name, document));
    }
    const { inForce } = this.#options.documents;
    if (noun === 'tenants' && asksForEnforcement(inForce, name, document)) return this.#enforce();
    return ownedBy(origin);
  }

  /**
   * A key that is taken away is kept as revoked, so that whoever still holds it is told so, and
   * its name stays with the records that bear it.
   */
  async remove(noun: DeskNoun, name: string): Promise<DeskAnswer> {
    const tree = await this.#tree();
    const document = tree[noun]?.[name];
    if (document === undefined) {
      const origin = this.#origin(noun, name);
      return origin === undefined ? UNKNOWN : ownedBy(origin);
    }
    const isShadowed = !this.#isOurs(this.#origin(noun, name));
    if (noun === 'tenants' && !isShadowed) return this.#removeTenant(tree, name);
    if (isShadowed) return this.#write(without(tree, noun, name));
    if (document['revoked'] === true) return this.#write(without(tree, noun, name));
    return this.#write(withDocument(tree, noun, name, { ...document, revoked: true }));
  }

  /** Revoked keys go with their tenant; one that still opens something must be revoked first. */
  async #removeTenant(tree: ConsoleTree, name: string): Promise<DeskAnswer> {
    const { keys, consents } = this.#configuration();
    const own = [...keys.values()].filter((key) => key.tenant === name);
    const open = own.filter((key) => !key.revoked).map((key) => key.name);
    if (open.length > 0) {
      const message = `\`${name}\` has keys that work: ${open.join(', ')}`;
      const hint = `\`signalbox key revoke ${open[0]}\``;
      return { kind: 'invalid', issues: [{ path: [], at: 'value', message, hint }] };
    }
    const rest = own.reduce((left, key) => without(left, 'keys', key.name), tree);
    const given = [...consents.values()].filter((one) => one.tenant === name);
    const bare = given.reduce((left, one) => without(left, 'consents', one.name), rest);
    const left = without(bare, 'tenants', name);
    const others = { [tenantFile(name)]: textOfTree({}, CONSOLE_HEAD) };
    const wrong = await this.#wrongWith(left, others);
    if (wrong !== undefined) return wrong;
    // Before its document: a crash between the two leaves a tenant, and nothing that was sealed.
    const { dataFolder, credentials } = this.#options;
    await forgetTenant(dataFolder, credentials, tenantName(name));
    return this.#write(left);
  }

  async drain(name: string): Promise<DeskAnswer> {
    if (!this.#endpoints().has(name)) return UNKNOWN;
    const switches = await readSwitches(this.#options.dataFolder);
    const drained = [...switches.drained.filter((one) => one !== name), name];
    return this.#switch({ ...switches, drained });
  }

  async enable(name: string): Promise<DeskAnswer> {
    const endpoint = this.#endpoints().get(name);
    if (endpoint === undefined) return UNKNOWN;
    if (!endpoint.enabled) {
      const answer = await this.#turnOn(name, endpoint.origin);
      if (answer.kind !== 'done') return answer;
    }
    const switches = await readSwitches(this.#options.dataFolder);
    if (!switches.drained.includes(name)) return DONE;
    const drained = switches.drained.filter((one) => one !== name);
    return this.#switch({ ...switches, drained });
  }

  /**
   * Its document says that it is off: one that was found, or one that the desk keeps, can change.
   */
  async #turnOn(name: string, origin: Origin | undefined): Promise<DeskAnswer> {
    const tree = await this.#tree();
    const kept = tree.endpoints?.[name];
    const provider = PROVIDER_KEYS.find((one) => one.name === name);
    if (kept !== undefined && this.#isOurs(origin)) {
      return this.#write(withDocument(tree, 'endpoints', name, { ...kept, enabled: true }));
    }
    if (origin?.file === ADDED.providers && provider !== undefined) {
      return this.#write(withDocument(tree, 'endpoints', name, providerDocument(provider)));
    }
    return origin === undefined ? UNKNOWN : ownedBy(origin);
  }

  async #enforce(): Promise<DeskAnswer> {
    const switches = await readSwitches(this.#options.dataFolder);
    return this.#switch({ ...switches, importedPrivacy: 'enforce' });
  }

  /** Undefined: it fits everything else. */
  async #wrongWith(
    tree: ConsoleTree,
    others: Readonly<Record<string, string>> = {},
  ): Promise<DeskAnswer | undefined> {
    const instead = { ...others, [CONSOLE_FILE]: textOfTree(tree, CONSOLE_HEAD) };
    const wrong = problemsOf(await this.#options.attempt({ instead }));
    return wrong.length === 0 ? undefined : invalid(wrong);
  }

  async #write(tree: ConsoleTree): Promise<DeskAnswer> {
    const wrong = await this.#wrongWith(tree);
    if (wrong !== undefined) return wrong;
    const file = join(this.#options.dataFolder, CONSOLE_FILE);
    await writeWhole(file, textOfTree(tree, CONSOLE_HEAD));
    return this.#inForce();
  }

  async #switch(switches: Switches): Promise<DeskAnswer> {
    const { attempt, dataFolder } = this.#options;
    const wrong = problemsOf(await attempt({ switches }));
    if (wrong.length > 0) return invalid(wrong);
    await writeSwitches(dataFolder, switches);
    return this.#inForce();
  }

  async #inForce(): Promise<DeskAnswer> {
    const wrong = await this.#options.documents.readAgain();
    return wrong.length === 0 ? DONE : invalid(wrong);
  }

  #tree(): Promise<ConsoleTree> {
    return readTree(join(this.#options.dataFolder, CONSOLE_FILE));
  }

  /** As written: what is drained is enabled all the same. */
  #endpoints(): DeskConfiguration['endpoints'] {
    return this.#configuration().endpoints;
  }

  #configuration(): DeskConfiguration {
    return this.#options.documents.inForce.read.configuration;
  }

  #origin(noun: DeskNoun, name: string): Origin | undefined {
    return this.#configuration()[noun].get(name)?.origin;
  }

  /** Ours are the file of the desk, and the tenant that is there when nobody named one. */
  #isOurs(origin: Origin | undefined): boolean {
    const { gathered } = this.#options.documents.inForce;
    return origin?.file === gathered.console || origin?.file === ADDED.demo;
  }
}

type DeskConfiguration = Documents['inForce']['read']['configuration'];

// The documents in force, compiled with the secrets of now: swapped whole when they change,
// compiled again when a command has printed another one, joined with what probes have learnt.
// How often commands are run is the value of the start.
import type { Clock, Keys } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import { type House, learned, type Snapshot } from '@signalbox/engine';
import { compile } from './compile.ts';
import { type Lists, loadLists } from './lists.ts';
import { type Printed, printed } from './printed.ts';
import { readSecrets, type SecretsOptions } from './secrets.ts';

export type InForceOptions = Omit<SecretsOptions, 'printed' | 'asPrinted'> & {
  readonly configuration: Configuration;
  /** Digest of the texts of the configuration. */
  readonly digest: string;
  readonly keys: Keys;
  readonly clock: Clock;
};

type Documents = Pick<InForceOptions, 'configuration' | 'digest'>;
type Live = House['live'];

export async function openInForce(options: InForceOptions): Promise<InForce> {
  const lists = await loadLists();
  const commands = printed({
    ...options,
    refreshMs: () => options.configuration.server.secretsRefreshMs,
  });
  const compiling = { ...options, printed: commands };
  const compiled = await compileNow(options, compiling, lists);
  return new InForce(compiling, lists, compiled);
}

export class InForce {
  readonly #options: InForceOptions & { readonly printed: Printed };
  readonly #lists: Lists;
  #documents: Documents;
  /** As the documents alone say. */
  #compiled: Snapshot;
  #snapshot: Snapshot;

  constructor(
    options: InForceOptions & { readonly printed: Printed },
    lists: Lists,
    compiled: Snapshot,
  ) {
    this.#options = options;
    this.#lists = lists;
    this.#documents = options;
    this.#compiled = compiled;
    this.#snapshot = compiled;
  }

  now = (): Snapshot => this.#snapshot;

  async swap(configuration: Configuration, digest: string): Promise<void> {
    const documents = { configuration, digest };
    this.#compiled = await compileNow(documents, this.#options, this.#lists);
    this.#documents = documents;
    this.#snapshot = this.#compiled;
  }

  /** What was learnt of endpoints by asking them holds beside the documents. */
  learn(live: Live): void {
    this.#snapshot = learned(this.#compiled, live);
  }

  /** From now on secrets that end are read again. @returns how to stop. */
  watch(live: Live): () => void {
    const { printed: commands, telemetry } = this.#options;
    commands.watch(() => {
      this.#refresh(live).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.name : 'unknown';
        telemetry.log('error', 'secrets-not-in-force', { why });
      });
    });
    return commands.close;
  }

  /** Secrets that are older than they should be. */
  troubles(): readonly string[] {
    return this.#options.printed
      .troubles()
      .map((why) => `secrets: ${why}; the value before it goes on`);
  }

  async #refresh(live: Live): Promise<void> {
    const documents = this.#documents;
    const again = { ...this.#options, asPrinted: true };
    const compiled = await compileNow(documents, again, this.#lists);
    // Documents that were swapped meanwhile were compiled with the new value.
    if (this.#documents !== documents) return;
    this.#compiled = compiled;
    this.learn(live);
  }
}

async function compileNow(
  { configuration, digest: version }: Documents,
  options: SecretsOptions & Pick<InForceOptions, 'keys' | 'clock'>,
  lists: Lists,
): Promise<Snapshot> {
  const secretOf = await readSecrets(configuration, options);
  const { keys, clock } = options;
  return compile({ configuration, version, keys, secretOf, ...lists, at: clock.now() });
}

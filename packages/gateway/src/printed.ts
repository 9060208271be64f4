// Secrets that commands print (`exec:`): read again in the background before they end, so that a
// token of an hour outlives its hour. When it ends, a value says itself (`Expiration` of what the
// tools of AWS print); of the others nobody knows, and they are read again every
// `server.secrets_refresh_ms`. A command that fails changes nothing: the value before goes on, the
// log and `/readyz` say so, and it is tried again soon. No call ever waits for a command.
import type { Clock, Secret } from '@signalbox/contract';
import type { SecretReference } from '@signalbox/documents';
import { type OpenSink, readSecret } from '@signalbox/ports';

export type PrintedOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly telemetry: Pick<OpenSink, 'guard' | 'unguard' | 'log'>;
  readonly clock: Clock;
  /** Milliseconds between two readings of what does not say when it ends. */
  readonly refreshMs: () => number;
};

export type Printed = {
  /** Undefined: it cannot be read, and never could. */
  read(reference: SecretReference): Promise<Secret | undefined>;
  /** What was read last. */
  last(reference: SecretReference): Secret | undefined;
  /** Of no other command anything is kept. */
  keepOnly(references: Iterable<SecretReference>): void;
  /** Told when a command has printed another value; from now on they are read again. */
  watch(changed: () => void): void;
  /** Why values are older than they should be, one by one; the names of programs alone. */
  troubles(): readonly string[];
  close(): void;
};

/** Of the time that a value has left: then the next one is there before it ends. */
const LIFETIME_SHARE = 0.8;
const RETRY_MS = 30_000;
const DUE_MS_MIN = 1_000;
const DUE_MS_MAX = 86_400_000;

type Value = {
  readonly reference: SecretReference;
  secret: Secret | undefined;
  trouble: string | undefined;
  /** On the monotonic clock. */
  dueAt: number;
};

export const printed = (options: PrintedOptions): Printed => new Commands(options);

class Commands implements Printed {
  readonly #options: PrintedOptions;
  readonly #values = new Map<string, Value>();
  #changed: (() => void) | undefined;
  #stopTimer: (() => void) | undefined;
  #closed = false;

  constructor(options: PrintedOptions) {
    this.#options = options;
  }

  read = async (reference: SecretReference): Promise<Secret | undefined> => {
    const known = this.#values.get(reference.value);
    const value = known ?? { reference, secret: undefined, trouble: undefined, dueAt: 0 };
    this.#values.set(reference.value, value);
    await this.#run(value);
    return value.secret;
  };

  last = ({ value }: SecretReference): Secret | undefined => this.#values.get(value)?.secret;

  keepOnly = (references: Iterable<SecretReference>): void => {
    const kept = new Set([...references].map(({ value }) => value));
    for (const name of [...this.#values.keys()]) if (!kept.has(name)) this.#values.delete(name);
    this.#wakeLater();
  };

  watch = (changed: () => void): void => {
    this.#changed = changed;
    this.#wakeLater();
  };

  troubles = (): readonly string[] =>
    [...this.#values.values()].flatMap(({ trouble, secret }) =>
      trouble === undefined || secret === undefined ? [] : [trouble],
    );

  close = (): void => {
    this.#closed = true;
    this.#stopTimer?.();
  };

  /** @returns whether the value is another one now. */
  async #run(value: Value): Promise<boolean> {
    const { environment, folder, telemetry, clock } = this.#options;
    const read = await readSecret(value.reference, { environment, folder });
    if (!read.ok) {
      value.trouble = read.why;
      value.dueAt = clock.monotonic() + Math.min(RETRY_MS, this.#options.refreshMs());
      const level = value.secret === undefined ? 'info' : 'warn';
      telemetry.log(level, 'secret-not-read', { kind: 'exec', why: read.why });
      return false;
    }
    value.trouble = undefined;
    value.dueAt = clock.monotonic() + this.#freshMs(read.secret);
    const before = value.secret;
    if (before?.reveal() === read.secret.reveal()) return false;
    value.secret = read.secret;
    telemetry.guard(read.secret);
    if (before === undefined) return true;
    telemetry.unguard(before);
    telemetry.log('info', 'secret-refreshed', { kind: 'exec' });
    return true;
  }

  #freshMs(secret: Secret): number {
    const endsAt = endOf(secret);
    if (endsAt === undefined) return this.#options.refreshMs();
    const ms = (endsAt - this.#options.clock.now()) * LIFETIME_SHARE;
    return Math.min(DUE_MS_MAX, Math.max(DUE_MS_MIN, ms));
  }

  #wakeLater(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#closed || this.#changed === undefined || this.#values.size === 0) return;
    const { clock } = this.#options;
    const dueAt = Math.min(...[...this.#values.values()].map((value) => value.dueAt));
    const ms = Math.max(1, dueAt - clock.monotonic());
    this.#stopTimer = clock.after(ms, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    const now = this.#options.clock.monotonic();
    const due = [...this.#values.values()].filter(({ dueAt }) => dueAt <= now);
    const changes = await Promise.all(due.map((value) => this.#run(value)));
    if (this.#closed) return;
    if (changes.includes(true)) this.#changed?.();
    this.#wakeLater();
  }
}

/** Unix milliseconds; undefined: it does not say. */
function endOf(secret: Secret): number | undefined {
  const text = secret.reveal();
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('Expiration' in value)) return undefined;
    const at = Date.parse(String(value.Expiration));
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}

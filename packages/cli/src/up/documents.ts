// The documents in force, and how they change: read anew when a file changes, when a signal says so
// and when the desk keeps something. A reading that fails changes nothing: the old documents go on,
// and what is wrong is shown. One reading at a time; what asks meanwhile waits for its own.
import { type Problem, renderProblems } from '@signalbox/config';
import type { Configuration } from '@signalbox/documents';
import type { FileProblem } from '@signalbox/ports';
import type { Whole } from '../configuration/whole.ts';
import { CommandFault, EXIT } from '../exit.ts';

export type InForce = Extract<Whole, { ok: true }> & {
  /** Unix milliseconds. */
  readonly since: number;
};

export type Reading =
  | { readonly kind: 'whole'; readonly whole: Whole }
  | { readonly kind: 'files'; readonly problems: readonly FileProblem[] };

export type DocumentsOptions = {
  readonly read: () => Promise<Reading>;
  readonly now: () => number;
  /** Puts a configuration in force: it is served when this resolves. */
  readonly swap: (configuration: Configuration, digest: string) => Promise<void>;
  /** Something else is in force: what was must be found again. */
  readonly kept?: () => Promise<void>;
  /** Told after a reading that found something else than the one before. */
  readonly told: (documents: Documents) => void;
};

export class Documents {
  #options: DocumentsOptions | undefined;
  #inForce: InForce;
  #problems: readonly Problem[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(first: InForce) {
    this.#inForce = first;
  }

  get inForce(): InForce {
    return this.#inForce;
  }

  /** Of the files as they are now; none while they are what is in force. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** From now on there is somebody to serve changes to. */
  serve(options: DocumentsOptions): void {
    this.#options = options;
  }

  /** @param whole also when no text has changed: the secrets that they name may have. */
  reload(whole = false): Promise<readonly Problem[]> {
    return this.alone(() => this.readAgain(whole));
  }

  /** Lets nothing else read or write the documents meanwhile. */
  alone<T>(deed: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(deed);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Only within `alone`. Returns what is wrong. */
  async readAgain(whole = false): Promise<readonly Problem[]> {
    if (this.#options === undefined) return this.#problems;
    const before = [this.#inForce, JSON.stringify(this.#problems)];
    this.#problems = await this.#take(this.#options, whole);
    const after = [this.#inForce, JSON.stringify(this.#problems)];
    if (before.some((one, at) => one !== after[at])) this.#options.told(this);
    return this.#problems;
  }

  async #take(
    { read, now, swap, kept }: DocumentsOptions,
    isForced: boolean,
  ): Promise<readonly Problem[]> {
    const reading = await read();
    const wrong = problemsOf(reading);
    if (reading.kind === 'files' || !reading.whole.ok) return wrong;
    const { whole } = reading;
    if (whole.texts === this.#inForce.texts && !isForced) return [];
    try {
      await swap(whole.configuration, whole.digest);
    } catch (cause) {
      if (!(cause instanceof CommandFault)) throw cause;
      return [problem('', cause.message, cause.hint ?? 'what was in force before goes on')];
    }
    this.#inForce = { ...whole, since: now() };
    await kept?.();
    return [];
  }
}

/** A file that is not there is wrong at its first character. */
export function problemsOf(reading: Reading): readonly Problem[] {
  if (reading.kind === 'whole') return reading.whole.ok ? [] : reading.whole.problems;
  return reading.problems.map(({ path, why }) => problem(path, why, FILE_HINT));
}

const FILE_HINT =
  'look at --config and SIGNALBOX_CONFIG: a path starts at this folder, and a file is UTF-8 text';

const problem = (file: string, message: string, hint: string): Problem => ({
  file,
  line: 1,
  column: 1,
  excerpt: '',
  path: '',
  message,
  hint,
});

/** Nothing went before it that could go on: what is wrong ends the start. */
export function firstInForce(reading: Reading, since: number): InForce {
  if (reading.kind === 'whole' && reading.whole.ok) return { ...reading.whole, since };
  const shown = renderProblems(problemsOf(reading), { color: false }).trimEnd();
  const hint = '`signalbox config validate` shows the same without starting.';
  throw new CommandFault(EXIT.usage, shown, { hint });
}

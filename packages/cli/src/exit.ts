// How the command line ends: a number that scripts can branch on, and for people what was wrong and
// what to do.
export const EXIT = {
  ok: 0,
  /** A check failed, or a call was refused. */
  failed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  auth: 3,
  missing: 4,
  conflict: 5,
  /** The gateway, or what stands behind it, cannot be reached. */
  down: 6,
  /** Some of it worked. */
  partial: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected no: shown without a stack. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  /** The code of a refusal by the gateway. */
  readonly code: string | undefined;

  constructor(exit: ExitCode, message: string, more: { hint?: string; code?: string } = {}) {
    super(message);
    this.exit = exit;
    this.hint = more.hint;
    this.code = more.code;
  }
}

export const misused = (message: string, hint?: string): CommandFault =>
  new CommandFault(EXIT.usage, message, hint === undefined ? {} : { hint });

/** The same exit for the same status, whichever command asked. */
export function exitOfStatus(status: number): ExitCode {
  if (status < 400) return EXIT.ok;
  if (status === 401) return EXIT.auth;
  if (status === 404 || status === 410) return EXIT.missing;
  if (status === 409 || status === 412) return EXIT.conflict;
  if (status === 400 || status === 413 || status === 415 || status === 422) return EXIT.usage;
  return status >= 500 || status === 429 ? EXIT.down : EXIT.failed;
}

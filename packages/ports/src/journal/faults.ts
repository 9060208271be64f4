// Why a journal cannot be opened or read. Each message says what is wrong, where, and the command
// to run.

export type JournalFaultKind =
  /** What was acknowledged no longer reads. */
  | 'damaged'
  /** Written by a newer version. */
  | 'newer'
  /** Another process has it. */
  | 'locked'
  /** No room for one more entry: neither on the disk nor in the backlog. */
  | 'full';

/** Where it stops being a journal. */
export type JournalPlace = { readonly file: string; readonly at: number };

export class JournalFault extends Error {
  override readonly name = 'JournalFault';
  readonly kind: JournalFaultKind;
  readonly place: JournalPlace | undefined;
  constructor(kind: JournalFaultKind, message: string, place?: JournalPlace) {
    super(message);
    this.kind = kind;
    this.place = place;
  }
}

/** Moves what cannot be read out of the way, byte for byte, so that a new epoch can begin. */
export const SET_ASIDE_COMMAND = 'signalbox doctor journal --set-aside';
/** Reads everything and says what verifies. */
export const CHECK_COMMAND = 'signalbox doctor journal';

export const damaged = (file: string, at: number, why: string): JournalFault =>
  new JournalFault(
    'damaged',
    `journal: ${file} is damaged at byte ${at} (${why}), before entries that were acknowledged. ` +
      `Restore it from a backup, or see what verifies: ${CHECK_COMMAND}; ` +
      `to go on without what cannot be read: ${SET_ASIDE_COMMAND}`,
    { file, at },
  );

export const newer = (file: string, at: number, found: unknown): JournalFault =>
  new JournalFault(
    'newer',
    `journal: ${file} holds an entry of version ${JSON.stringify(found)} at byte ${at}; ` +
      'this Signalbox reads version 1. Run the newer Signalbox that wrote it, or move it aside: ' +
      SET_ASIDE_COMMAND,
    { file, at },
  );

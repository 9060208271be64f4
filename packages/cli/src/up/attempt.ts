// A change of the documents that is only being tried, and what the API is told of one that does not
// fit.
import type { ConfigurationFile, Problem } from '@signalbox/config';
import type { DeskAnswer } from '@signalbox/control';
import type { Issue, Origin } from '@signalbox/documents';
import { ADDED_UNTIL } from '../configuration/additions.ts';
import type { PolicyStates } from '../configuration/policy-states.ts';
import type { Switches } from '../configuration/switches.ts';

export type Trial = {
  /** Texts instead of files of the data folder. */
  readonly instead?: Readonly<Record<string, string>>;
  readonly switches?: Switches;
  readonly states?: PolicyStates;
  /** A document that somebody is writing. */
  readonly draft?: ConfigurationFile;
};

/** The path within the document is what its writer knows. */
export function invalid(problems: readonly Problem[]): DeskAnswer {
  const issues = problems.map(({ path, message, hint }): Issue => {
    const [, , ...inner] = path.split('.');
    const where = inner.length > 0 ? inner : path === '' ? [] : [path];
    return { path: where, at: 'value', message, hint };
  });
  return { kind: 'invalid', issues };
}

/** What somebody else has to change. */
export function ownedBy(origin: Origin): DeskAnswer {
  const until = ADDED_UNTIL.get(origin.file);
  return until === undefined ? { kind: 'owned', ...origin } : { kind: 'added', until };
}

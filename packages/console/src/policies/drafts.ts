// What somebody is writing, kept while this window is open: so the playground can take it along.
const PREFIX = 'signalbox-draft-';

export const draftOf = (policy: string): string | undefined =>
  sessionStorage.getItem(PREFIX + policy) ?? undefined;

/** Undefined: what runs is what is wanted. */
export function keepDraft(policy: string, text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(PREFIX + policy);
  else sessionStorage.setItem(PREFIX + policy, text);
}

/** Policies of which there is a draft. */
export const drafted = (): readonly string[] =>
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length))
    .toSorted();

// Drafts of policies, tried with everything else that a server's documents are made of. Nothing is
// written: a draft stands for the policy of its name for one reading, and is gone.
import type { Attempt, Depth, Draft, Rehearsal } from '@signalbox/control';
import type { Snapshot } from '@signalbox/engine';
import { below, INDENT } from '../configuration/written-text.ts';
import { type Documents, problemsOf } from './documents.ts';
import { placed, type TextInFile } from './placed.ts';
import type { Reader } from './reader.ts';
import { writtenIn } from './texts.ts';

export type RehearsalOptions = {
  readonly documents: Documents;
  readonly reader: Reader;
  readonly snapshot: () => Snapshot;
};

/** Lines of the draft's file above the draft itself. */
const HEAD_LINES = 3;

export const openRehearsal = ({ documents, reader, snapshot }: RehearsalOptions): Rehearsal => ({
  snapshot,
  written: (name) => writtenIn(documents, { noun: 'policies', name }),
  attempt: (draft, depth) => attempt(draft, depth, reader),
});

const draftIn = (file: string): TextInFile => ({ file, above: HEAD_LINES, indent: INDENT });

async function attempt(draft: Draft, depth: Depth, reader: Reader): Promise<Attempt> {
  const name = `draft of ${draft.name}`;
  const text = `version: 1\npolicies:\n${below(draft.name, draft.text)}`;
  const reading = await reader.read({ draft: { name, text, owner: { kind: 'draft' } } });
  const wrong = problemsOf(reading);
  if (reading.kind === 'files' || !reading.whole.ok) {
    return { problems: wrong.map((one) => placed(one, draftIn(name))), configuration: undefined };
  }
  const { whole } = reading;
  const broken = depth === 'form' ? [] : await reader.broken(whole);
  const { configuration } = whole;
  return { problems: broken.map((one) => placed(one, draftIn(name))), configuration };
}

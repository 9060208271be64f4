// Drafts of policies, tried with everything else that a server's documents are made of. Nothing is
// written: a draft stands for the policy of its name for one reading, and is gone.
import type { Attempt, Depth, Draft, Rehearsal } from '@signalbox/control';
import type { Snapshot } from '@signalbox/engine';
import { draftHint } from '../configuration/runnable.ts';
import { DRAFT_HEAD_LINES, draftFile, INDENT } from '../configuration/written-text.ts';
import { type Documents, problemsOf } from './documents.ts';
import { placed, type TextInFile } from './placed.ts';
import type { Reader } from './reader.ts';
import { writtenIn } from './texts.ts';

export type RehearsalOptions = {
  readonly documents: Documents;
  readonly reader: Reader;
  readonly snapshot: () => Snapshot;
};

export const openRehearsal = ({ documents, reader, snapshot }: RehearsalOptions): Rehearsal => ({
  snapshot,
  written: (name) => writtenIn(documents, { noun: 'policies', name }),
  attempt: (draft, depth) => attempt(draft, depth, reader),
});

const draftIn = (file: string): TextInFile => ({ file, above: DRAFT_HEAD_LINES, indent: INDENT });

async function attempt(draft: Draft, depth: Depth, reader: Reader): Promise<Attempt> {
  const place = { noun: 'policies', name: draft.name } as const;
  const file = draftFile(place, draft.text);
  const { name } = file;
  const reading = await reader.read({ draft: file });
  const wrong = problemsOf(reading);
  if (reading.kind === 'files' || !reading.whole.ok) {
    return { problems: wrong.map((one) => placed(one, draftIn(name))), configuration: undefined };
  }
  const { whole } = reading;
  const broken = depth === 'form' ? [] : await reader.broken(whole);
  const { configuration } = whole;
  return {
    problems: broken.map((one) => draftHint(placed(one, draftIn(name)), place)),
    configuration,
  };
}

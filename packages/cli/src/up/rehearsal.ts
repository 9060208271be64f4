// Drafts of policies, tried with everything else that a server's documents are made of. Nothing is
// written: a draft stands for the policy of its name for one reading, and is gone.
import type { Problem } from '@signalbox/config';
import type { Attempt, Depth, Draft, DraftProblem, Rehearsal, Written } from '@signalbox/control';
import type { Snapshot } from '@signalbox/engine';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { type Documents, problemsOf } from './documents.ts';
import type { Reader } from './reader.ts';

export type RehearsalOptions = {
  readonly documents: Documents;
  readonly reader: Reader;
  readonly snapshot: () => Snapshot;
};

/** Lines of the draft's file above the draft itself, and what each of its lines begins with. */
const HEAD_LINES = 3;
const INDENT = '    ';

export const openRehearsal = ({ documents, reader, snapshot }: RehearsalOptions): Rehearsal => ({
  snapshot,
  written: (name) => writtenIn(documents, name),
  attempt: (draft, depth) => attempt(draft, depth, reader),
});

/** What stands below the name of a policy in its file. */
export function writtenIn({ inForce }: Documents, name: string): Written | undefined {
  const { configuration, files } = inForce;
  const origin = configuration.policies.get(name)?.origin;
  const file = files.find((one) => one.name === origin?.file);
  if (origin === undefined || file === undefined) return undefined;
  const text = textBelow(file.text, name);
  return text === undefined ? undefined : { ...origin, text };
}

async function attempt(draft: Draft, depth: Depth, reader: Reader): Promise<Attempt> {
  const name = `draft of ${draft.name}`;
  const lines = draft.text.split('\n').map((line) => (line === '' ? '' : `${INDENT}${line}`));
  const text = `version: 1\npolicies:\n  ${draft.name}:\n${lines.join('\n')}\n`;
  const reading = await reader.read({ draft: { name, text, owner: { kind: 'draft' } } });
  const wrong = problemsOf(reading);
  if (reading.kind === 'files' || !reading.whole.ok) {
    return { problems: wrong.map((one) => placed(one, name)), configuration: undefined };
  }
  const { whole } = reading;
  const broken = depth === 'form' ? [] : await reader.broken(whole);
  const { configuration } = whole;
  return { problems: broken.map((one) => placed(one, name)), configuration };
}

/** Where it stands in the draft, as its writer sees it. */
function placed(
  { file, line, column, excerpt, message, hint }: Problem,
  draft: string,
): DraftProblem {
  if (file !== draft) return { file, line, column, excerpt, message, hint };
  const own = excerpt.split('\n').map((one) => (one.startsWith(INDENT) ? one.slice(4) : one));
  return {
    file: undefined,
    line: Math.max(1, line - HEAD_LINES),
    column: Math.max(1, column - INDENT.length),
    excerpt: own.join('\n'),
    message,
    hint,
  };
}

/**
 * What stands below the name of a policy, as it was written, without the indentation that its file
 * gives it. Undefined: the file is in another format, or the policy needs what stands elsewhere.
 */
export function textBelow(file: string, name: string): string | undefined {
  const document = parseDocument(file, { prettyErrors: false });
  const policies: unknown = document.get('policies');
  if (!isMap(policies)) return undefined;
  const pair = policies.items.find(({ key }) => isScalar(key) && key.value === name);
  const { value } = pair ?? {};
  if (isScalar(value) && value.value === null) return '';
  if (!isMap(value) || value.range == null) return undefined;
  let isAlone = true;
  visit(value, {
    Alias() {
      isAlone = false;
    },
  });
  if (!isAlone) return undefined;
  const [from, to] = value.range;
  if (value.flow === true) return `${file.slice(from, to)}\n`;
  // Comments above the first key are its own.
  const key = pair?.key;
  const start = isScalar(key) && key.range != null ? file.indexOf('\n', key.range[1]) + 1 : from;
  const indent = from - (file.lastIndexOf('\n', from - 1) + 1);
  const cut = new RegExp(`^ {0,${indent}}`);
  const lines = file.slice(start, to).trimEnd().split('\n');
  return `${lines.map((line) => line.replace(cut, '')).join('\n')}\n`;
}

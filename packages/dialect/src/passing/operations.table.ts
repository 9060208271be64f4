// What passes as it is: how its body comes, what its answer is. Facts about the operations
// themselves; which servers have them, and where, stands in the tables of kinds.
import type { Operation, PassedOperation, Passing } from '@signalbox/contract';

export type PassedFacts = {
  readonly body: 'json' | 'form';
  readonly answers: Passing['answers'];
  /** The field of a JSON body that must be there, and the kinds it may have. */
  readonly content: readonly [name: string, kinds: readonly string[]];
  /** Objects that live at the endpoint, and are named by an id in the path. */
  readonly objects: boolean;
};

const made = (facts: Partial<PassedFacts>): PassedFacts => ({
  body: 'json',
  answers: 'json',
  content: ['input', ['string', 'array']],
  objects: false,
  ...facts,
});

export const PASSED: Readonly<Record<PassedOperation, PassedFacts>> = {
  moderation: made({}),
  image: made({ content: ['prompt', ['string']] }),
  'image-edit': made({ body: 'form' }),
  'image-variation': made({ body: 'form' }),
  speech: made({ answers: 'either', content: ['input', ['string']] }),
  transcription: made({ body: 'form', answers: 'either' }),
  translation: made({ body: 'form', answers: 'either' }),
  rerank: made({ content: ['query', ['string', 'object']] }),
  file: made({ body: 'form', objects: true }),
  batch: made({ content: ['input_file_id', ['string']], objects: true }),
};

/** As a list, in the order of the table. */
export const PASSED_OPERATIONS: readonly PassedOperation[] = [
  ...(['moderation', 'image', 'image-edit', 'image-variation', 'speech'] as const),
  ...(['transcription', 'translation', 'rerank', 'file', 'batch'] as const),
];

export const isPassed = (operation: Operation): operation is PassedOperation =>
  Object.hasOwn(PASSED, operation);

// What a desk answered, in the words of the API.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { DeskAnswer } from '../documents-desk.ts';
import { type Answer, refuseIssues } from './route.ts';

export const done: z.ZodType = z.strictObject({ name: z.string(), done: z.string() });

export const doneAs = (name: string, what: string): Result<Answer, Refusal> =>
  yes({ status: 200, body: { name, done: what } });

export function answered(
  answer: DeskAnswer,
  then: () => Result<Answer, Refusal>,
): Result<Answer, Refusal> {
  switch (answer.kind) {
    case 'done':
      return then();
    case 'exists':
      return no(EXISTS);
    case 'unknown':
      return no(UNKNOWN);
    case 'invalid':
      return no(refuseIssues(answer.issues));
    case 'added': {
      const message = 'No file holds this document: the gateway adds it by itself.';
      return no(refusal('config_conflict', message, { hint: answer.until }));
    }
    case 'owned': {
      const message = `${answer.file}:${answer.line} owns this document.`;
      const hint = 'Change it in that file; files are read again when they change.';
      return no(refusal('config_conflict', message, { hint }));
    }
  }
}

export const UNKNOWN: Refusal = refusal('route_unknown', 'Nothing has this name.');

const EXISTS = refusal('config_conflict', 'A document of this kind has this name already.', {
  hint: 'Choose another name, or replace the document with PUT.',
  param: 'name',
});

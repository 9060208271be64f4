// Answers to what never became a request, in the envelope of the dialect of its path, as
// far as that could be read.
import { codeFacts, type Ports, refusal, requestId } from '@signalbox/contract';
import { errorBodyIn } from '@signalbox/dialect';
import type { HeadProblem, RawReply } from '@signalbox/ports';
import { wireOfPath } from './paths.table.ts';

const MESSAGES: Readonly<Record<HeadProblem, string>> = {
  malformed: 'The request is not well-formed HTTP/1.1',
  'head-too-large': 'The head of the request is too large',
  'head-too-slow': 'The head of the request was not complete in time',
  'not-secure': 'This is plain HTTP: write https:// instead of http://',
};

export function rawRefusal(
  problem: HeadProblem,
  { why, target }: { readonly why: string; readonly target: string },
  { clock, random }: Pick<Ports, 'clock' | 'random'>,
): RawReply {
  const no = refusal('body_invalid', `${MESSAGES[problem]} (${why}).`);
  const request = requestId(clock.now(), random.bytes(10));
  return {
    status: codeFacts(no.code).status,
    headers: ['content-type', 'application/json', 'x-should-retry', 'false'],
    bytes: errorBodyIn(wireOfPath(target), no, { request, decision: undefined }),
  };
}

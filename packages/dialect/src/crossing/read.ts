// An answer in our words, read of the bytes that the upstream sent, whichever format the caller
// gets it in: for whoever has to judge what it says.
import type { Answer } from '../canon/canon.ts';
import { tryParse } from '../canon/exact.ts';
import { Folding } from '../canon/fold.ts';
import { toldEvents } from './carry.ts';
import { callerCodec, SERVER_CODECS } from './codecs.ts';
import type { Lane } from './lane.ts';

/** Not `carried`: as its caller reads it. */
export type ReadLane = Pick<Lane, 'upstream' | 'caller' | 'operation' | 'carried' | 'callsInText'>;

/** Undefined: it is no JSON. Of a good status; a stream is whole. */
export function readAnswerOf(
  lane: ReadLane,
  bytes: Uint8Array,
  isStream: boolean,
): Answer | undefined {
  const { upstream, caller, operation } = lane;
  const codec = lane.carried ? SERVER_CODECS[upstream] : callerCodec(caller, operation);
  const folding = new Folding();
  if (isStream) {
    const decoder = codec.decoder();
    const events = [...decoder.push(bytes), ...decoder.end()];
    for (const event of toldEvents(lane, events)) folding.push(event);
    return folding.answer();
  }
  const parsed = tryParse(bytes);
  if (parsed === undefined) return undefined;
  for (const event of toldEvents(lane, codec.readWhole(parsed))) folding.push(event);
  return folding.answer();
}

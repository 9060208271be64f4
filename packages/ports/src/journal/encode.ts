// Drafts become entries: node, epoch, sequence, chain and digest are added here, in the order of
// appending.
import { assert, ENTRY_VERSION, type EntryDraft, type Keys } from '@signalbox/contract';
import { entryHeadText, entryText, FRAME_BYTES_MAX } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';

/** Separates bodies from every other use of the pepper. */
export const BODY_PURPOSE = 'journal-body';
const DIGEST_BYTES = 32;
/** In UTF-16 units, so that no entry is longer than a frame, whatever it holds. */
const ENTRY_LENGTH_MAX = Math.floor(FRAME_BYTES_MAX / 3) - 1;

export const bodyDigest = (keys: Keys, bodyText: string): string =>
  keys.digest(BODY_PURPOSE, bodyText, DIGEST_BYTES);

export type Encoder = {
  readonly epoch: string;
  /** The entry's JSON; afterwards `seq` is its sequence. Undefined: the draft has no body. */
  encode(draft: EntryDraft): string | undefined;
  seq(): number;
};

export type EncoderFrom = {
  readonly node: string;
  readonly epoch: string;
  readonly prev: string;
  readonly keys: Keys;
};

export function newEncoder(from: EncoderFrom): Encoder {
  let { prev } = from;
  let seq = 0;
  return {
    epoch: from.epoch,
    seq: () => seq,
    encode: (draft) => {
      assert(Number.isFinite(draft.at), 'an entry has a time');
      const { body } = draft;
      if (body === undefined) return undefined;
      const bodyText = JSON.stringify(body);
      const headText = entryHeadText({
        v: ENTRY_VERSION,
        kind: draft.kind,
        node: from.node,
        epoch: from.epoch,
        seq: seq + 1,
        at: draft.at,
        prev,
        tenant: draft.tenant,
        call: draft.call,
        bodyDigest: bodyDigest(from.keys, bodyText),
      });
      const text = entryText(headText, bodyText);
      assert(text.length <= ENTRY_LENGTH_MAX, 'an entry fits into a frame');
      prev = sha256(headText);
      seq += 1;
      return text;
    },
  };
}

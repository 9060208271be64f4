// What clients keep of an answer that streamed: every chunk as a part, or as a content, of its own.
// Other providers want a thought back in one piece and every call of a turn in one message, so that
// the pieces of one answer are joined again.
import type { Part, Text, Thought, Turn } from '../canon/canon.ts';

/**
 * A thought with a signature and an empty text: the signature of the thought whose pieces came
 * before it, or a thought that is sealed. Until that is known it has both.
 */
export const eitherSealed = (signature: string): Thought => ({
  kind: 'thought',
  text: '',
  signature,
  sealed: signature,
});

/** The turns with those of the assistant in a row as one, its pieces joined. */
export function withPiecesJoined(turns: readonly Turn[]): readonly Turn[] {
  const out: Turn[] = [];
  let pieces: Part[] | undefined;
  for (const turn of turns) {
    if (turn.role !== 'assistant') {
      pieces = undefined;
      out.push(turn.parts.some(isEither) ? { ...turn, parts: turn.parts.map(settled) } : turn);
    } else if (pieces === undefined) {
      pieces = [...turn.parts];
      out.push({ ...turn, parts: pieces });
    } else pieces.push(...turn.parts);
  }
  return out.map((turn) =>
    turn.role === 'assistant' ? { ...turn, parts: withoutBlank(joined(turn.parts)) } : turn,
  );
}

/** Streams end with empty texts, and histories keep them. */
export function withoutBlank(parts: readonly Part[]): readonly Part[] {
  if (!parts.some(isBlank)) return parts;
  const said = parts.filter((part) => !isBlank(part));
  return said.length === 0 ? parts.slice(0, 1) : said;
}

const isBlank = (part: Part): boolean => part.kind === 'text' && part.text === '';

/** Texts or thoughts in a row, which may go on. */
type Open = { readonly first: Text | Thought; readonly texts: string[] };

function joined(parts: readonly Part[]): readonly Part[] {
  const out: Part[] = [];
  let open: Open | undefined;
  for (const part of parts) {
    if (open !== undefined && isMore(part, open)) {
      open.texts.push(part.text);
      if (part.kind === 'text' || part.signature === undefined) continue;
      out.push({ ...whole(open), kind: 'thought', signature: part.signature });
      open = undefined;
      continue;
    }
    if (open !== undefined) out.push(whole(open));
    open = goesOn(part) ? { first: part, texts: [part.text] } : undefined;
    if (open === undefined) out.push(settled(part));
  }
  if (open !== undefined) out.push(whole(open));
  return out;
}

const whole = ({ first, texts }: Open): Text | Thought =>
  texts.length === 1 ? first : { ...first, text: texts.join('') };

/** A text, or a thought that is not signed yet. */
const goesOn = (part: Part): part is Text | Thought =>
  part.kind === 'text' ||
  (part.kind === 'thought' && part.signature === undefined && part.sealed === undefined);

/** Of the same kind, with nothing of its own to keep, and no thought that is sealed for certain. */
function isMore(part: Part, { first }: Open): part is Text | Thought {
  if (part.kind !== first.kind) return false;
  if (part.kind === 'text') return part.extra === undefined;
  return part.kind === 'thought' && part.extra === undefined && !isSealed(part);
}

const isSealed = ({ sealed, signature }: Thought): boolean =>
  sealed !== undefined && signature === undefined;

/** Nothing came before it: it is sealed. */
const settled = (part: Part): Part =>
  isEither(part) ? { kind: 'thought', text: '', sealed: part.sealed } : part;

type Either = Thought & { readonly sealed: string };

const isEither = (part: Part): part is Either =>
  part.kind === 'thought' && part.sealed !== undefined && !isSealed(part);

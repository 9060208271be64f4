// Parts of a conversation, written as Google reads them. A signature that stands for nothing shown
// is a part with an empty text, as Google streams it; one that seals a hidden thought is a thought
// without any text; so that each comes back as what it was.
import type { Answer, Dropped, Json, JsonObject, Part, Thought, ToolCall } from '../canon/canon.ts';
import { isObject, textIn, tryParse } from '../canon/exact.ts';
import { writeMedia } from './media.ts';

export type AnyPart = Part | Answer['answers'][number]['parts'][number];

/**
 * Holds arguments that are no JSON object (the model was cut off): the only member then. A client
 * sees arguments that no tool takes, and not an empty object that one might.
 */
const BROKEN = '$arguments';

export function writeArguments(text: string): Json {
  if (text.trim() === '') return {};
  const parsed = text.trimStart().startsWith('{') ? tryParse(text) : undefined;
  return isObject(parsed) ? parsed : { [BROKEN]: text };
}

export function readArguments(args: Json | undefined): string {
  if (args === undefined || args === null || args === '') return '{}';
  if (typeof args === 'string') return args;
  const broken = textIn(args, BROKEN);
  const alone = broken !== undefined && isObject(args) && Object.keys(args).length === 1;
  return alone && !isObject(tryParse(broken)) ? broken : JSON.stringify(args);
}

export const textPart = (text: string): JsonObject => ({ text });
export const thoughtPart = (text: string): JsonObject => ({ text, thought: true });
export const sealedPart = (sealed: string): JsonObject => ({
  thought: true,
  thoughtSignature: sealed,
});
/** Google refuses a part of a request that holds nothing at all. */
const askedSealedPart = (sealed: string): JsonObject => ({ text: '', ...sealedPart(sealed) });

/** `shown`: of the thought whose text went before it. */
export const signaturePart = (signature: string, shown: boolean): JsonObject =>
  shown
    ? { text: '', thought: true, thoughtSignature: signature }
    : { text: '', thoughtSignature: signature };

export function callPart(call: Omit<ToolCall, 'kind'>, ids: boolean): JsonObject {
  const { id, name, signature, extra } = call;
  return {
    ...extra?.gemini,
    functionCall: { ...(ids ? { id } : {}), name, args: writeArguments(call.arguments) },
    ...(signature === undefined ? {} : { thoughtSignature: signature }),
  };
}

export type PartsTo = {
  readonly dropped: Dropped;
  /** Calls carry ids. */
  readonly ids: boolean;
  /** Thoughts are given back; signed ones always are. */
  readonly thoughts: boolean;
  /** They are parts of a request. */
  readonly asked: boolean;
};

/** Appends what the part becomes; results are no business of this one. */
export function addPart(part: AnyPart, parts: JsonObject[], to: PartsTo): void {
  switch (part.kind) {
    case 'text':
      if (part.text !== '') parts.push({ ...part.extra?.gemini, text: part.text });
      return;
    case 'refusal':
      to.dropped.add('part.refusal');
      if (part.text !== '') parts.push(textPart(part.text));
      return;
    case 'thought':
      if (!to.thoughts && !isSigned(part)) to.dropped.add('part.thought');
      else addThought(part, parts, to.asked);
      return;
    case 'call':
      parts.push(callPart(part, to.ids));
      return;
    case 'media': {
      const media = writeMedia(part, to.dropped);
      if (media !== undefined) parts.push(media);
      return;
    }
    case 'opaque':
      if (part.wire === 'gemini' && isObject(part.value)) parts.push(part.value);
      else to.dropped.add('part.opaque');
      return;
    case 'result':
      return;
  }
}

const isSigned = ({ signature, sealed }: Thought): boolean =>
  signature !== undefined || sealed !== undefined;

function addThought(
  { text, signature, sealed }: Thought,
  parts: JsonObject[],
  asked: boolean,
): void {
  const before = parts.at(-1);
  if (text !== '') {
    const signed = signature === undefined ? {} : { thoughtSignature: signature };
    parts.push({ ...thoughtPart(text), ...signed });
  } else if (signature !== undefined) {
    // The signature of the text before it: Google puts both into one part when it does not stream,
    // and asks that parts with and without a signature are not joined in a request.
    if (!asked && before !== undefined && isPlainText(before)) {
      parts[parts.length - 1] = { ...before, thoughtSignature: signature };
    } else parts.push(signaturePart(signature, false));
  }
  if (sealed !== undefined) parts.push(asked ? askedSealedPart(sealed) : sealedPart(sealed));
}

const isPlainText = (part: JsonObject): boolean =>
  typeof part['text'] === 'string' &&
  part['thought'] !== true &&
  part['thoughtSignature'] === undefined;

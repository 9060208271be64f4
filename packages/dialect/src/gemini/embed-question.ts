// Reads a request for embeddings for deciding. Its texts are looked at as OpenAI's list of inputs;
// what is no text cannot be read. It is always written anew for a server: every request of a batch
// names a model, and no other than ours may stand there.
import {
  type ByteRange,
  no,
  type Question,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Json } from '../canon/canon.ts';
import { isObject, listIn, member, tryParse } from '../canon/exact.ts';
import { contentOfBody } from '../content.ts';
import { readQuestion } from '../openai/question.ts';

const BYTES_PER_TOKEN = 4;

/** @param model of the path. */
export function readEmbedQuestion(body: Uint8Array, model: string): Result<Question, Refusal> {
  const parsed = tryParse(body);
  if (!isObject(parsed)) return no(refusal('body_invalid', 'The body is not a JSON object.'));
  const input = (listIn(parsed, 'requests') ?? [parsed]).flatMap(partsOf);
  const shared = readQuestion('embedding', encode(JSON.stringify({ model, input })));
  return shared.ok ? yes(new EmbedQuestion(body, model, shared.value)) : shared;
}

/** Null for a part that is no text. */
const partsOf = (request: Json): readonly (string | null)[] =>
  (listIn(member(request, 'content'), 'parts') ?? []).map((part) => {
    const text = member(part, 'text');
    return typeof text === 'string' ? text : null;
  });

class EmbedQuestion implements Question {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream = false;
  readonly usageWanted = true;
  readonly outputTokensMax = undefined;
  readonly answersWanted = 1;
  readonly inputTokensEstimate: number;
  readonly toolsOffered = false;
  readonly statefulReference = undefined;
  readonly sessionHint = undefined;
  readonly #shared: Question;

  constructor(body: Uint8Array, model: string, shared: Question) {
    this.bytes = body;
    this.model = model;
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    this.#shared = shared;
  }

  get unreadableParts(): boolean {
    return this.#shared.unreadableParts;
  }

  content(): readonly ByteRange[] {
    return contentOfBody(this.bytes);
  }

  lastInstruction(): string {
    return this.#shared.lastInstruction();
  }

  sessionBytes(prefix: string): Uint8Array {
    return this.#shared.sessionBytes(prefix);
  }

  render(): Uint8Array {
    return this.bytes;
  }
}

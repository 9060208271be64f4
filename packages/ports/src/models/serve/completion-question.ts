// Decodes the bodies of `/v1/completions` and `/v1/embeddings` key by key.
import { fieldsOf } from './fields.ts';
import { isList, isText, type JsonObject } from './json.ts';
import { badRequest, no, type Result, yes } from './refusal.ts';
import { type Manner, readManner, readTokensMax } from './sampling.ts';

const TOP_LOGPROBS_MAX = 5;
/** What OpenAI's older dialect does without a limit. */
const TOKENS_MAX = 16;
const INPUTS_MAX = 256;

export type CompletionQuestion = {
  readonly model: string | undefined;
  readonly prompt: string;
  readonly notesTop: number | undefined;
  readonly manner: Manner;
};

export type EmbeddingQuestion = {
  readonly model: string | undefined;
  readonly inputs: readonly string[];
  /** Numbers, or base64 of little-endian 32-bit floats, which official clients ask for. */
  readonly encoding: 'float' | 'base64';
};

export function readCompletionQuestion(body: JsonObject): Result<CompletionQuestion> {
  const fields = fieldsOf(body);
  const given = fields.raw('prompt');
  const [prompt] = isList(given) && given.length === 1 ? given : [given];
  if (!isText(prompt)) {
    fields.refuse(badRequest('body_invalid', 'prompt must be one text', 'prompt'));
  }
  const tokensMax = readTokensMax(fields, ['max_tokens']) ?? TOKENS_MAX;
  const question: CompletionQuestion = {
    model: fields.text('model'),
    prompt: isText(prompt) ? prompt : '',
    notesTop: fields.integer('logprobs', { min: 0, max: TOP_LOGPROBS_MAX }),
    manner: readManner(fields, tokensMax),
  };
  const refusal = fields.refusal();
  return refusal === undefined ? yes(question) : no(refusal);
}

export function readEmbeddingQuestion(body: JsonObject): Result<EmbeddingQuestion> {
  const fields = fieldsOf(body);
  const given = fields.raw('input');
  const inputs = isList(given) ? given : [given];
  const texts = inputs.filter(isText);
  if (texts.length !== inputs.length || texts.length === 0 || texts.length > INPUTS_MAX) {
    const message = `input must be a text or a list of 1 to ${INPUTS_MAX}`;
    fields.refuse(badRequest('body_invalid', message, 'input'));
  }
  if (texts.some((text) => text === '')) {
    fields.refuse(badRequest('body_invalid', 'input holds an empty text', 'input'));
  }
  const encoding = fields.text('encoding_format') ?? 'float';
  if (encoding !== 'float' && encoding !== 'base64') {
    const message = 'encoding_format must be float or base64';
    fields.refuse(badRequest('body_invalid', message, 'encoding_format'));
  }
  if (fields.raw('dimensions') !== undefined) {
    const message = 'this model has one size of vector; leave out dimensions';
    fields.refuse(badRequest('parameter_unsupported', message, 'dimensions'));
  }
  const question: EmbeddingQuestion = {
    model: fields.text('model'),
    inputs: texts,
    encoding: encoding === 'base64' ? 'base64' : 'float',
  };
  const refusal = fields.refusal();
  return refusal === undefined ? yes(question) : no(refusal);
}

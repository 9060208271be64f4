// Wire formats. Each dialect reads a question, watches an answer and words an error; nobody above
// knows field names.

export {
  anthropic,
  streamReader as anthropicStreamReader,
} from './anthropic/anthropic.ts';
export { encode } from './bytes.ts';
export * from './canon/canon.ts';
export type * from './canon/codec.ts';
export * from './canon/embedding.ts';
export {
  booleanIn,
  countIn,
  isObject,
  listIn,
  member,
  numberIn,
  textIn,
  tryParse,
} from './canon/exact.ts';
export { Folding, fold, unfold } from './canon/fold.ts';
export { hostedTools } from './canon/hosted.ts';
export { Order } from './canon/order.ts';
export type { SignedCall, SignedCalls } from './canon/origin.ts';
export { cohere } from './cohere/cohere.ts';
export { contentOfBody } from './content.ts';
export { converse } from './converse/converse.ts';
export {
  type Asked,
  contentTypeOf,
  droppedBy,
  isCarried,
  shownStream,
  streamOf,
  wholeOf,
} from './crossing/answer.ts';
export { wireOf } from './crossing/codecs.ts';
export { writeCount } from './crossing/count.ts';
export { answerEventIn, errorBodyIn, errorEventIn } from './crossing/envelope.ts';
export { arrayReframing, lineReframing, type Reframing } from './crossing/framings.ts';
export { asksUsage, canAskLogprobs, type Lane, laneTo, toldLane } from './crossing/lane.ts';
export { questionIn } from './crossing/question.ts';
export { readAnswerOf } from './crossing/read.ts';
export { askOf, render } from './crossing/render.ts';
export type { Rendered } from './crossing/rendered.ts';
export { gemini, streamReader as geminiStreamReader } from './gemini/gemini.ts';
export { type Element, innerElements, innerText, lastField, readObject } from './json.ts';
export { SERVER_KINDS } from './kinds/kinds.table.ts';
export {
  authOf,
  kindAt,
  kindOf,
  kindsWith,
  pathBelow,
  pathOf,
  quirksOf,
  type StreamRules,
  stopReasonOf,
  streamRules,
} from './kinds/kinds.ts';
export { limitsOf, retryAfterOf, type UpstreamLimit } from './kinds/limits.ts';
export * from './kinds/server-kind.ts';
export {
  type BadAnswer,
  codeOfError,
  type KindError,
  readUpstreamError,
  refineError,
} from './kinds/upstream-error.ts';
export type { Manners } from './manners/manners.ts';
export * as ollamaEmbeddings from './ollama/embed.ts';
export { generate as ollamaGenerate, ollama } from './ollama/ollama.ts';
export type { ListedModel } from './ollama/tags.ts';
export * as ollamaModels from './ollama/tags.ts';
export { type AnswerFacts, readAnswer } from './openai/answer.ts';
export { completions } from './openai/chat/completion.ts';
export { openai } from './openai/chat/openai.ts';
export { asksForUsage, readQuestion } from './openai/question.ts';
export { answerEvent, errorBody, errorEvent, type RefusalIds } from './openai/refusal.ts';
export { type StreamFacts, type StreamReader, streamReader } from './openai/stream.ts';
export { passesUnread, unreadReader } from './passing/answer.ts';
export { isPassed, PASSED, PASSED_OPERATIONS } from './passing/operations.table.ts';
export type { PassedHead } from './passing/question.ts';
export { responses } from './responses/responses.ts';
export {
  authorization,
  type Scope,
  type SigningKeys,
  signingKeysOf,
  signingTime,
  type ToSign,
  toSign,
  type Unsigned,
} from './sigv4.ts';

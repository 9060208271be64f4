// The small library for callers. It needs nothing, and any OpenAI client works without it.
export { type ChatAnswer, ChatStream, type Explained, explainedBy, type Via } from './answer.ts';
export {
  type CallOptions,
  type ChatRequest,
  type Client,
  createClient,
  type Explanation,
  type Feedback,
} from './client.ts';
export { Broken, GatewayError, LocalError, Unreachable, type Why } from './errors.ts';
export type { Json, JsonObject } from './json.ts';
export type { ClientOptions, LocalOptions } from './options.ts';
export type { Platform } from './platform.ts';
export type { Status } from './reach.ts';

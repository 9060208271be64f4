// Names of span attributes: OpenTelemetry's semantic conventions for generative AI, and ours. The
// conventions are still in development: what they rename is renamed here and nowhere else.
import type { Operation } from '@signalbox/contract';

export const NAMES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  error: 'error.type',
  status: 'http.response.status_code',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  decision: 'signalbox.decision_id',
  tenant: 'signalbox.tenant',
  tier: 'signalbox.tier',
  endpoint: 'signalbox.endpoint',
  label: 'signalbox.label',
  rule: 'signalbox.rule',
  ending: 'signalbox.ending',
  outcome: 'signalbox.outcome',
  fallback: 'signalbox.fallback',
  stream: 'signalbox.stream',
  cost: 'signalbox.cost_nano_usd',
  queueMs: 'signalbox.queue_ms',
  firstByteMs: 'signalbox.first_byte_ms',
  service: 'service.name',
  version: 'service.version',
  instance: 'service.instance.id',
} as const;

export const OPERATIONS: Readonly<Record<Operation, string>> = {
  chat: 'chat',
  completion: 'text_completion',
  response: 'chat',
  embedding: 'embeddings',
  count: 'count_tokens',
  // The conventions have no words for what only passes: ours stand for it.
  moderation: 'moderation',
  image: 'image',
  'image-edit': 'image_edit',
  'image-variation': 'image_variation',
  speech: 'speech',
  transcription: 'transcription',
  translation: 'translation',
  rerank: 'rerank',
  file: 'file',
  batch: 'batch',
};

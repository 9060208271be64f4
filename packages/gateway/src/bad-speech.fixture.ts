// One small answer in each dialect as its provider words it, in pieces, so that a server can spoil
// any of them. Written without the product's own codecs.

export type Wire = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'ollama';

/** What is odd about the answer itself. */
export type Odd = {
  readonly model: string;
  /** Instead of the dialect's own word for a plain end. */
  readonly stop?: string;
  readonly usage: boolean;
};

/** Frames of a stream, each with its end; joined in this order it is a good one. */
export type Speech = {
  readonly type: string;
  readonly opening: readonly string[];
  readonly deltas: readonly string[];
  readonly closing: readonly string[];
  /** Says why it ended. */
  readonly finish: string;
  /** What says that nothing more comes, where that is not the reason itself. */
  readonly mark: readonly string[];
  readonly error: string;
  readonly whole: string;
  /** An error as a body of its own. */
  readonly errorBody: string;
};

export const WORDS: readonly string[] = ['Track', ' nine', ' is', ' free.'];
export const TEXT: string = WORDS.join('');

const EVENTS = 'text/event-stream';
const REASON = 'The engine fell over.';
const data = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;
const typed = (body: { readonly type: string; readonly [key: string]: unknown }): string =>
  `event: ${body.type}\n${data(body)}`;

export const SPEECHES: Readonly<Record<Wire, (odd: Odd) => Speech>> = {
  openai({ model, stop = 'stop', usage }) {
    const error = { error: { message: REASON, type: 'server_error', param: null, code: null } };
    const about = { id: 'chatcmpl-9', created: 1_760_000_000, model };
    const chunk = (delta: object, finish_reason: string | null = null): string =>
      data({
        ...{ ...about, object: 'chat.completion.chunk' },
        choices: [{ index: 0, delta, finish_reason }],
      });
    const told = { usage: { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11 } };
    const last = data({ ...about, object: 'chat.completion.chunk', choices: [], ...told });
    const message = { role: 'assistant', content: TEXT };
    return {
      type: EVENTS,
      opening: [chunk({ role: 'assistant', content: '' })],
      deltas: WORDS.map((content) => chunk({ content })),
      closing: [],
      finish: chunk({}, stop),
      mark: [...(usage ? [last] : []), 'data: [DONE]\n\n'],
      error: data(error),
      whole: JSON.stringify({
        ...{ ...about, object: 'chat.completion' },
        choices: [{ index: 0, message, finish_reason: stop }],
        ...(usage ? told : {}),
      }),
      errorBody: JSON.stringify(error),
    };
  },

  responses({ model, stop, usage }) {
    const at = { item_id: 'msg_9', output_index: 0, content_index: 0 };
    const part = { type: 'output_text', annotations: [], text: TEXT };
    const item = { id: 'msg_9', type: 'message', status: 'completed', role: 'assistant' };
    const about = { id: 'resp_9', object: 'response', created_at: 1_760_000_000, model };
    const whole = {
      ...{ ...about, status: 'completed', output: [{ ...item, content: [part] }] },
      ...(stop === undefined ? {} : { incomplete_details: { reason: stop } }),
      ...(usage ? { usage: { input_tokens: 7, output_tokens: 4, total_tokens: 11 } } : {}),
    };
    const error = { type: 'error', code: 'server_error', message: REASON, param: null };
    return {
      type: EVENTS,
      opening: [
        typed({ type: 'response.created', response: { ...about, status: 'in_progress' } }),
        typed({
          ...{ type: 'response.output_item.added', output_index: 0 },
          item: { ...item, status: 'in_progress', content: [] },
        }),
        typed({ type: 'response.content_part.added', ...at, part: { ...part, text: '' } }),
      ],
      deltas: WORDS.map((delta) => typed({ type: 'response.output_text.delta', ...at, delta })),
      closing: [
        typed({ type: 'response.output_text.done', ...at, text: TEXT }),
        typed({
          ...{ type: 'response.output_item.done', output_index: 0 },
          item: { ...item, content: [part] },
        }),
      ],
      finish: typed({ type: 'response.completed', response: whole }),
      mark: [],
      error: typed(error),
      whole: JSON.stringify(whole),
      errorBody: JSON.stringify({ error: { message: REASON, type: 'server_error' } }),
    };
  },

  anthropic({ model, stop = 'end_turn', usage }) {
    const error = { type: 'error', error: { type: 'api_error', message: REASON } } as const;
    const input = usage ? { usage: { input_tokens: 7, output_tokens: 1 } } : {};
    const output = usage ? { usage: { output_tokens: 4 } } : {};
    const about = { id: 'msg_9', type: 'message', role: 'assistant', model };
    const none = { stop_reason: null, stop_sequence: null };
    return {
      type: EVENTS,
      opening: [
        typed({ type: 'message_start', message: { ...about, content: [], ...none, ...input } }),
        typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      ],
      deltas: WORDS.map((text) =>
        typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
      ),
      closing: [typed({ type: 'content_block_stop', index: 0 })],
      finish: typed({ type: 'message_delta', delta: { ...none, stop_reason: stop }, ...output }),
      mark: [typed({ type: 'message_stop' })],
      error: typed(error),
      whole: JSON.stringify({
        ...{ ...about, content: [{ type: 'text', text: TEXT }] },
        ...{ ...none, stop_reason: stop },
        ...(usage ? { usage: { input_tokens: 7, output_tokens: 4 } } : {}),
      }),
      errorBody: JSON.stringify(error),
    };
  },

  gemini({ model, stop = 'STOP', usage }) {
    const error = { error: { code: 500, message: REASON, status: 'INTERNAL' } };
    const about = { modelVersion: model, responseId: 'r9' };
    const told = usage
      ? { usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 4, totalTokenCount: 11 } }
      : {};
    const chunk = (text: string, more: object = {}): object => ({
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }],
      ...about,
    });
    const sent = (body: object): string => `data: ${JSON.stringify(body)}\r\n\r\n`;
    return {
      type: EVENTS,
      opening: [],
      deltas: WORDS.map((text) => sent(chunk(text))),
      closing: [],
      finish: sent({ ...chunk('', { finishReason: stop }), ...told }),
      mark: [],
      error: sent(error),
      whole: JSON.stringify({ ...chunk(TEXT, { finishReason: stop }), ...told }),
      errorBody: JSON.stringify([error]),
    };
  },

  ollama({ model, stop = 'stop', usage }) {
    const error = JSON.stringify({ error: REASON });
    const line = (content: string, more: object): string =>
      JSON.stringify({
        ...{ model, created_at: '2026-09-01T10:00:00Z' },
        message: { role: 'assistant', content },
        ...more,
      });
    const told = usage ? { prompt_eval_count: 7, eval_count: 4 } : {};
    const end = { done: true, done_reason: stop, ...told };
    return {
      type: 'application/x-ndjson',
      opening: [],
      deltas: WORDS.map((word) => `${line(word, { done: false })}\n`),
      closing: [],
      finish: `${line('', end)}\n`,
      mark: [],
      error: `${error}\n`,
      whole: line(TEXT, end),
      errorBody: error,
    };
  },
};

// Servers of two formats that sign what their model thinks, and refuse what they did not sign, as
// the providers do: a signature of another, and a call of their own that comes back without one.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Bodies of two dialects, read freely. */
type Free = ReturnType<typeof JSON.parse>;

export type Signer = {
  readonly url: string;
  /** Of the requests, as they came. */
  readonly bodies: Free[];
  /** Answers with 503 from now on. */
  ill: boolean;
  readonly close: () => Promise<void>;
};

type Made = {
  readonly signature: string;
  readonly sealed: string;
  readonly id: string;
  readonly last: boolean;
};
type Vendor = {
  /** What is wrong with the history; undefined: nothing. */
  readonly refuses: (body: Free, isOurs: (signature: string) => boolean) => string | undefined;
  readonly isDone: (body: Free) => boolean;
  readonly answer: (made: Made) => object;
  readonly stream: (made: Made) => string;
  readonly isStream: (body: Free, path: string) => boolean;
};

const THOUGHT = 'It asks for Bern. I look.';
const INPUT = { place: 'Bern' };

const blocks = (body: Free): Free[] =>
  (body.messages ?? []).flatMap(({ content }: Free) => (Array.isArray(content) ? content : []));

const claude: Vendor = {
  refuses(body, isOurs) {
    const all = blocks(body);
    const proofs = all.flatMap(({ signature = [], type, data }: Free) =>
      type === 'redacted_thinking' ? data : signature,
    );
    if (!proofs.every(isOurs)) return 'a signature in a thinking block is invalid';
    const bare = body.messages.some(
      ({ role, content }: Free) =>
        role === 'assistant' &&
        Array.isArray(content) &&
        content.some(({ type }: Free) => type === 'tool_use') &&
        content[0].type !== 'thinking',
    );
    return bare ? 'a turn with a tool call begins with a thinking block' : undefined;
  },
  isDone: (body) => blocks(body).some(({ type }) => type === 'tool_result'),
  isStream: (body) => body.stream === true,
  answer: ({ signature, sealed, id, last }) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'thinker',
    content: last
      ? [{ type: 'text', text: 'sunny' }]
      : [
          { type: 'thinking', thinking: THOUGHT, signature },
          { type: 'redacted_thinking', data: sealed },
          { type: 'tool_use', id, name: 'weather', input: INPUT },
        ],
    stop_reason: last ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  stream({ signature, sealed, id }) {
    const usage = { input_tokens: 10, output_tokens: 1 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'thinker', usage };
    const delta = (index: number, one: object): object => ({
      type: 'content_block_delta',
      index,
      delta: one,
    });
    const start = (index: number, block: object): object => ({
      type: 'content_block_start',
      index,
      content_block: block,
    });
    const half = signature.length / 2;
    const events: Free[] = [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      start(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: THOUGHT }),
      delta(0, { type: 'signature_delta', signature: signature.slice(0, half) }),
      delta(0, { type: 'signature_delta', signature: signature.slice(half) }),
      { type: 'content_block_stop', index: 0 },
      start(1, { type: 'redacted_thinking', data: sealed }),
      { type: 'content_block_stop', index: 1 },
      start(2, { type: 'tool_use', id, name: 'weather', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: JSON.stringify(INPUT) }),
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ];
    return events
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join('');
  },
};

const parts = (body: Free): Free[] => (body.contents ?? []).flatMap(({ parts: own }: Free) => own);

const google: Vendor = {
  refuses(body, isOurs) {
    const all = parts(body);
    const proofs = all.flatMap(({ thoughtSignature = [] }) => thoughtSignature);
    if (!proofs.every((one) => isOurs(one) || one === 'skip_thought_signature_validator')) {
      return 'Thought signature is not valid.';
    }
    const call = all.find(({ functionCall }) => functionCall !== undefined);
    const bare = call !== undefined && call.thoughtSignature === undefined;
    return bare ? 'Function call is missing a thought_signature.' : undefined;
  },
  isDone: (body) => parts(body).some(({ functionResponse }) => functionResponse !== undefined),
  isStream: (_, path) => path.includes('streamGenerateContent'),
  answer: ({ signature, id, last }) => ({
    responseId: 'r1',
    modelVersion: 'thinker',
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        content: {
          role: 'model',
          parts: last
            ? [{ text: 'sunny' }]
            : [
                {
                  functionCall: { id, name: 'weather', args: INPUT },
                  thoughtSignature: signature,
                },
              ],
        },
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  }),
  stream: (made) => `data: ${JSON.stringify(google.answer(made))}\r\n\r\n`,
};

export async function startSigner(name: 'claude' | 'google'): Promise<Signer> {
  const vendor = name === 'claude' ? claude : google;
  const own = new Set<string>();
  const bodies: Free[] = [];
  let count = 0;
  const sign = (what: string): string => {
    const signature = Buffer.from(`${name} signed ${what} ${count}`).toString('base64');
    own.add(signature);
    return signature;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (request.method !== 'POST' || signer.ill) {
      response.writeHead(signer.ill ? 503 : 404).end();
      return;
    }
    const body: Free = JSON.parse(text);
    bodies.push(body);
    const wrong = vendor.refuses(body, (signature) => own.has(signature));
    if (wrong !== undefined) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid', message: wrong } }));
      return;
    }
    count += 1;
    const last = vendor.isDone(body);
    const made = { signature: sign('thought'), sealed: sign('seal'), id: `toolu_${count}`, last };
    const isStream = vendor.isStream(body, request.url ?? '') && !last;
    const type = isStream ? 'text/event-stream' : 'application/json';
    response.writeHead(200, { 'content-type': type });
    response.end(isStream ? vendor.stream(made) : JSON.stringify(vendor.answer(made)));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Left open by a start that failed behind it, it must not keep the process for ever.
  server.unref();
  const { port } = server.address() as AddressInfo;
  const signer: Signer = {
    url: `http://127.0.0.1:${port}`,
    bodies,
    ill: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return signer;
}

import type { Answer, AnswerEvent, Ask, ToldUsage, Tool, Turn } from '@signalbox/dialect';

/** An agent's request and answer of about 10 KB each, in the form that all dialects share. */

const sentence = 'The shipment left the port on Tuesday and will arrive within nine days. ';

const tools: readonly Tool[] = Array.from({ length: 6 }, (_, i) => ({
  kind: 'function',
  name: `look_up_${i}`,
  description: `Looks up number ${i}. ${sentence}`,
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string', description: 'Name of the city, in English.' },
      days: { type: 'integer', minimum: 1, maximum: 14 },
      units: { type: 'string', enum: ['metric', 'imperial'] },
    },
    required: ['city'],
  },
}));

/** What the user says, what the model calls and what the tool answers, eight times. */
const turns: readonly Turn[] = Array.from({ length: 8 }, (_, i): readonly Turn[] => {
  const id = `call_${i}k3j9x7${i}`;
  return [
    { role: 'user', parts: [{ kind: 'text', text: `${i}. ${sentence.repeat(3)}` }] },
    {
      role: 'assistant',
      parts: [
        { kind: 'text', text: sentence },
        { kind: 'call', id, name: `look_up_${i % 6}`, arguments: `{"city":"Berlin","days":${i}}` },
      ],
    },
    {
      role: 'tool',
      parts: [{ kind: 'result', id, parts: [{ kind: 'text', text: sentence.repeat(4) }] }],
    },
  ];
}).flat();

export function askOf(): Ask {
  return {
    model: 'm',
    stream: true,
    usageWanted: true,
    system: [{ kind: 'text', text: sentence.repeat(10) }],
    turns: [...turns, { role: 'user', parts: [{ kind: 'text', text: 'And now?' }] }],
    tools,
    temperature: 0.2,
    outputTokensMax: 1_000,
  };
}

const usageOf = (outputTokens: number): ToldUsage => ({
  inputTokens: 2_500,
  outputTokens,
  cachedInputTokens: 0,
  reasoningTokens: 0,
  source: 'measured',
});

export function answerOf(): Answer {
  const city = JSON.stringify({ city: 'Berlin', note: sentence.repeat(20) });
  return {
    id: 'a1',
    model: 'm',
    created: 1_700_000_000,
    answers: [
      {
        parts: [
          { kind: 'text', text: sentence.repeat(110) },
          { kind: 'call', id: 'call_1', name: 'look_up_1', arguments: city },
        ],
        logprobs: [],
        stop: 'tools',
      },
    ],
    usage: usageOf(2_000),
    service: undefined,
    error: undefined,
    ended: true,
  };
}

/** One tool call whose arguments come in so many pieces. */
export function callPieces(count: number): readonly AnswerEvent[] {
  const of = { answer: 0, part: 0 };
  const pieces = Array.from(
    { length: count },
    (): AnswerEvent => ({ kind: 'arguments', ...of, text: 'so it goes on and on ' }),
  );
  return [
    { kind: 'start', id: 'a1', model: 'm', created: 1_700_000_000 },
    { kind: 'call', ...of, id: 'call_1', name: 'look_up_1' },
    { kind: 'arguments', ...of, text: '{"note":"' },
    ...pieces,
    { kind: 'arguments', ...of, text: '"}' },
    { kind: 'stop', answer: 0, reason: 'tools' },
    { kind: 'usage', usage: usageOf(count) },
    { kind: 'end' },
  ];
}

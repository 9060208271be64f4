// Asks and answers that say everything there is a word for, once: what of it a format carries is
// told by what comes through.
import type { Answer, Ask, Part, StopReason, Thought, ToolCall } from '@signalbox/dialect';
import type { Material } from './matrix.ts';

const text = (said: string): Part => ({ kind: 'text', text: said });
const media = (medium: 'image' | 'audio' | 'video' | 'file', type: string): Part => ({
  kind: 'media',
  medium,
  type,
  source: { kind: 'base64', data: 'AAAA' },
  ...(medium === 'file' ? { name: 'paper.pdf' } : {}),
});
const address = (medium: 'image' | 'file'): Part => ({
  kind: 'media',
  medium,
  source: { kind: 'url', url: 'https://media.example/one' },
});
const call = (id: string, city: string): ToolCall => ({
  kind: 'call',
  id,
  name: 'look_up',
  arguments: JSON.stringify({ city }),
});
const thought: Thought = { kind: 'thought', text: 'First Berlin.', signature: 'c2lnbmVk' };

const PLAIN: Ask = {
  model: 'm',
  stream: true,
  usageWanted: true,
  system: [text('Be brief.')],
  turns: [{ role: 'user', parts: [text('How is the weather?')] }],
  tools: [],
};
const WITH_TOOLS: Ask = {
  ...PLAIN,
  tools: [
    {
      kind: 'function',
      name: 'look_up',
      description: 'Looks a city up.',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
      strict: true,
    },
  ],
};
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

/** What one ask cannot say together stands in several. */
const ASKS: Readonly<Record<string, Ask>> = {
  numbers: {
    ...PLAIN,
    outputTokensMax: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    minP: 0.1,
    seed: 7,
    stop: ['END'],
    frequencyPenalty: 0.5,
    presencePenalty: 0.5,
    answers: 2,
    logprobs: 2,
    user: 'user-1',
  },
  'a top of probabilities alone': { ...PLAIN, topP: 0.9 },
  json: { ...PLAIN, format: { kind: 'json' } },
  schema: { ...PLAIN, format: { kind: 'schema', schema: SCHEMA, name: 'place', strict: true } },
  grammar: { ...PLAIN, format: { kind: 'grammar', grammar: 'root ::= "yes" | "no"' } },
  regex: { ...PLAIN, format: { kind: 'regex', pattern: '^(yes|no)$' } },
  choice: { ...PLAIN, format: { kind: 'choice', choices: ['yes', 'no'] } },
  effort: { ...PLAIN, reasoning: { effort: 'high', shown: true } },
  budget: { ...PLAIN, outputTokensMax: 9_000, reasoning: { tokensMax: 4_096 } },
  'hidden thoughts': { ...PLAIN, reasoning: { effort: 'low', shown: false } },
  tools: { ...WITH_TOOLS, toolChoice: { kind: 'any' }, parallelTools: false },
  'one tool': { ...WITH_TOOLS, toolChoice: { kind: 'tool', name: 'look_up' } },
  'no tool': { ...WITH_TOOLS, toolChoice: { kind: 'none' } },
  'results of calls': {
    ...WITH_TOOLS,
    turns: [
      ...PLAIN.turns,
      {
        role: 'assistant',
        parts: [thought, text('Wait.'), call('call_1', 'Berlin'), call('call_2', 'Rome')],
      },
      {
        role: 'tool',
        parts: [
          { kind: 'result', id: 'call_1', name: 'look_up', parts: [text('Rain')] },
          { kind: 'result', id: 'call_2', name: 'look_up', parts: [text('None')], failed: true },
        ],
      },
      { role: 'system', parts: [text('Now in German.')] },
      { role: 'user', parts: [text('Thanks.')] },
    ],
  },
  'a signed call, a bare one, and results in another order': {
    ...PLAIN,
    topP: 1,
    temperature: 0,
    tools: [{ kind: 'function', name: 'look_up', parameters: {} }],
    turns: [
      ...PLAIN.turns,
      {
        role: 'assistant',
        parts: [
          { ...call('call_1', 'Berlin'), signature: 'c2lnbmVk' },
          { kind: 'call', id: 'call_2', name: 'look_up', arguments: '' },
        ],
      },
      {
        role: 'tool',
        parts: [
          { kind: 'result', id: 'call_2', parts: [text('')] },
          { kind: 'result', id: 'call_1', parts: [text('Rain')] },
        ],
      },
    ],
  },
  'a thought that nobody signed': {
    ...PLAIN,
    turns: [
      ...PLAIN.turns,
      { role: 'assistant', parts: [{ kind: 'thought', text: 'Rain.' }, text('It rains.')] },
      { role: 'user', parts: [text('Thanks.')] },
    ],
  },
  'a picture as a result': {
    ...WITH_TOOLS,
    turns: [
      ...PLAIN.turns,
      { role: 'assistant', parts: [call('call_1', 'Berlin')] },
      {
        role: 'tool',
        parts: [{ kind: 'result', id: 'call_1', parts: [media('image', 'image/png')] }],
      },
    ],
  },
  media: {
    ...PLAIN,
    turns: [
      {
        role: 'user',
        parts: [
          text('What is this?'),
          media('image', 'image/png'),
          media('audio', 'audio/wav'),
          media('video', 'video/mp4'),
          media('file', 'application/pdf'),
        ],
      },
    ],
  },
  addresses: {
    ...PLAIN,
    turns: [{ role: 'user', parts: [text('And this?'), address('image'), address('file')] }],
  },
};

const USAGE = {
  inputTokens: 30,
  outputTokens: 20,
  cachedInputTokens: 10,
  reasoningTokens: 5,
  source: 'measured',
} as const;

function answer(parts: Answer['answers'][number]['parts'], stop: StopReason): Answer {
  return {
    id: 'answer_1',
    model: 'm',
    created: 1_700_000_000,
    answers: [{ parts, logprobs: [], stop }],
    usage: USAGE,
    service: undefined,
    error: undefined,
    ended: true,
  };
}

const SAID = [text('Rain.')];
const token = { token: 'Rain', logprob: -0.5, bytes: [82, 97, 105, 110] };
const [first] = answer(SAID, 'end').answers;

const ANSWERS: Readonly<Record<string, Answer>> = {
  text: answer(SAID, 'end'),
  thoughts: answer([thought, ...SAID], 'end'),
  'a sealed thought': answer([{ kind: 'thought', text: '', sealed: 'c2VhbGVk' }, ...SAID], 'end'),
  calls: answer([...SAID, call('call_1', 'Berlin'), call('call_2', 'Rome')], 'tools'),
  'a signed call': answer([{ ...call('call_1', 'Berlin'), signature: 'c2lnbmVk' }], 'tools'),
  refusal: answer([{ kind: 'refusal', text: 'No.' }], 'refusal'),
  // Some dialects end it like any other answer.
  'a refusal that ends': answer([{ kind: 'refusal', text: 'No.' }], 'end'),
  picture: answer([...SAID, media('image', 'image/png')], 'end'),
  sound: answer([...SAID, media('audio', 'audio/wav')], 'end'),
  logprobs: {
    ...answer(SAID, 'end'),
    answers: [{ parts: SAID, logprobs: [{ ...token, top: [token] }], stop: 'end' }],
  },
  'two answers': { ...answer(SAID, 'end'), answers: first === undefined ? [] : [first, first] },
  'a stop sequence': {
    ...answer(SAID, 'stop_sequence'),
    answers: [{ parts: SAID, logprobs: [], stop: 'stop_sequence', sequence: 'END' }],
  },
  ...Object.fromEntries(
    (['length', 'filtered', 'pause', 'context'] as const).map((stop) => [stop, answer(SAID, stop)]),
  ),
};

export const SAMPLES: Material = { asks: Object.entries(ASKS), answers: Object.entries(ANSWERS) };

/** What one agent asks of every model alike, and how to tell that an answer is of use to it. */

export interface Task {
  /** The class of the step. */
  readonly step: string;
  /** @param at another number, another request. */
  body(at: number): object;
  isOfUse(message: Message): boolean;
}

export interface Message {
  readonly content: string;
  /** Names and arguments of calls. */
  readonly calls: readonly { readonly name: string; readonly text: string }[];
}

const CITIES = ['Paris', 'Berlin', 'Rome', 'Madrid', 'Tokyo', 'Vienna', 'Warsaw', 'Ottawa'];
const city = (at: number): string => CITIES[at % CITIES.length] ?? 'Paris';

const system = { role: 'system', content: 'You look after the travellers of an agency. Be brief.' };
const user = (content: string): object => ({ role: 'user', content });

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The current weather in a city',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
];
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, nights: { type: 'integer' } },
  required: ['city', 'nights'],
  additionalProperties: false,
};
const response_format = { type: 'json_schema', json_schema: { name: 'trip', schema } };

const called = (id: string, where: string): readonly object[] => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        id,
        type: 'function',
        function: { name: 'get_weather', arguments: JSON.stringify({ city: where }) },
      },
    ],
  },
  { role: 'tool', tool_call_id: id, content: `It rains in ${where}, at 12 degrees.` },
];

/** About 3,000 tokens of what was said before. */
const before = Array.from({ length: 60 }, (_, at) => [
  user(`Earlier question ${at}: what of the hotel in ${city(at)}, its rooms and its breakfast?`),
  {
    role: 'assistant',
    content: `Earlier answer ${at}: the hotel in ${city(at)} has rooms, and breakfast from seven.`,
  },
]).flat();

function isCallFor(where: string | undefined, { calls }: Message): boolean {
  const [only] = calls;
  if (calls.length !== 1 || only?.name !== 'get_weather') return false;
  const value = parsed(only.text);
  const told: unknown = Reflect.get(Object(value), 'city');
  return typeof told === 'string' && (where === undefined || told === where);
}

function isTrip({ content }: Message): boolean {
  const value = Object(parsed(content));
  return (
    typeof Reflect.get(value, 'city') === 'string' && Number.isInteger(Reflect.get(value, 'nights'))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isSaid = ({ content, calls }: Message): boolean =>
  content.trim() !== '' && calls.length === 0;

export const TASKS: readonly Task[] = [
  {
    step: 'rewrite',
    body: (at) => ({ messages: [system, user(`Say hello to a guest from ${city(at)}.`)] }),
    isOfUse: isSaid,
  },
  {
    step: 'tool_select',
    body: (at) => ({ messages: [system, user(`How is the weather in ${city(at)}?`)], tools }),
    isOfUse: (message) => isCallFor(undefined, message),
  },
  {
    step: 'tool_result_digest',
    body: (at) => ({
      messages: [system, user('Do we need umbrellas?'), ...called('call_000000001', city(at))],
      tools,
    }),
    isOfUse: isSaid,
  },
  {
    step: 'extract',
    body: (at) => ({
      messages: [system, user(`Extract the trip: ${at + 2} nights in ${city(at)}.`)],
      response_format,
    }),
    isOfUse: isTrip,
  },
  {
    step: 'rag_answer',
    body: (at) => ({
      messages: [system, ...before, user(`And where do we sleep in ${city(at)}?`)],
    }),
    isOfUse: isSaid,
  },
];

// An agent of twelve steps in one session, all of them for the model `auto`: it says what it wants
// done, and the gateway says on which tier each step runs, and why.
import { readFileSync } from 'node:fs';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();
const session = `agent-${Date.now()}`;

const system = { role: 'system', content: 'You look after the refunds of a shop.' };
const user = (content) => ({ role: 'user', content });
const tools = [
  {
    type: 'function',
    function: {
      name: 'find_order',
      description: 'Finds an order.',
      parameters: { type: 'object', properties: { number: { type: 'string' } } },
    },
  },
];
const formatOf = (schema) => ({ type: 'json_schema', json_schema: { name: 'answer', schema } });
const kinds = { type: 'object', properties: { kind: { enum: ['refund', 'delivery', 'other'] } } };
const order = { type: 'object', properties: { number: { type: 'string' } } };

/** What a tool said: it stands in the conversation, and decides nothing. */
const found = (number) => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: `c${number}`, type: 'function', function: { name: 'find_order', arguments: '{}' } },
    ],
  },
  { role: 'tool', tool_call_id: `c${number}`, content: `Order ${number}: delivered, unopened.` },
];
const observed = [1, 2, 3].flatMap(found);

const steps = [
  { messages: [system, user('Plan the work: which subtasks does a week of refunds have?')] },
  { messages: [system, user('Which is it?')], response_format: formatOf(kinds) },
  { messages: [system, user('Which order is meant?')], response_format: formatOf(order) },
  { messages: [system, user('Is order 1 there?')], tools },
  { messages: [system, user('Is order 1 there?'), ...found(1)], tools },
  { messages: [system, user('And order 2?'), ...found(1), ...found(2)], tools },
  { messages: [system, user('Summarise what the customers wrote.')] },
  { messages: [system, user('Translate the answer into French.')] },
  { messages: [system, user('Write a SQL function that lists late refunds.')] },
  {
    messages: [system, user('Is it hard to send a parcel back?')],
    headers: { 'x-signalbox-step': 'qa' },
  },
  { messages: [system, user('Verify the sums.')], metadata: { step: 'verification' } },
  { messages: [system, user('Go.'), ...observed, user('What do we tell the board?')] },
];

let cost = 0;
let saved = 0;
let id = '';
const ran = [];
for (const [at, { headers, ...body }] of steps.entries()) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-signalbox-session': session,
      ...headers,
    },
    body: JSON.stringify({ model: 'auto', max_tokens: 64, ...body }),
  });
  await response.text();
  const said = (name) => response.headers.get(`x-signalbox-${name}`) ?? '';
  if (!response.ok) throw new Error(`step ${at + 1}: ${response.status}`);
  cost += Number(said('cost-usd'));
  saved += Number(said('savings-usd'));
  const isCarried = said('repair') === 'escalate';
  ran.push([said('decision-id'), `tier ${said('tier')}`, isCarried ? ', carried up' : '']);
}
for (const [at, [decision, tier, carried]] of ran.entries()) {
  const { session: known, stepClass, stepSource, routed } = await recordOf(decision);
  id = known;
  console.log(`${at + 1}. ${stepClass ?? '-'} by ${stepSource}: ${tier}, ${routed.by}${carried}`);
}
console.log(`cost ${cost.toFixed(6)}, at the frontier ${(cost + saved).toFixed(6)}`);
console.log(`saved ${Math.round((100 * saved) / (cost + saved))} %`);
console.log(`the session: ${url}/sessions/${id}`);

/** The record is written right after the answer. */
async function recordOf(decision) {
  for (let tries = 0; tries < 100; tries += 1) {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/v1/decisions/${decision}`, { headers });
    if (response.ok) return response.json();
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no record of ${decision}`);
}

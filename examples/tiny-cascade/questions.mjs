// Asks twelve questions, five of them with a word that the tiny model finds hard, and prints who
// answered each, how sure the tiny model was, and what all of them cost.
import { readFileSync } from 'node:fs';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();

const questions = [
  'What is in stock today?',
  'Please prove that the invoice is right.',
  'Is the order on its way?',
  'Which theorem is the discount from?',
  'Where is the shop?',
  'Is it hard to send a parcel back?',
  'Who looks after the report?',
  'Can you derive the price of two?',
  'When does the customer come?',
  'Does the lemma hold for every order?',
  'Was the device approved?',
  'Is the session complete?',
];

let cost = 0;
let saved = 0;
for (const content of questions) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      // What kind of work it is: questions of customers begin on tier 1.
      'x-signalbox-step': 'qa',
    },
    body: JSON.stringify({
      model: 'auto',
      max_tokens: 64,
      messages: [{ role: 'user', content }],
    }),
  });
  await response.text();
  if (!response.ok) throw new Error(`${response.status} for: ${content}`);
  const said = (name) => response.headers.get(`x-signalbox-${name}`) ?? '';
  cost += Number(said('cost-usd'));
  saved += Number(said('savings-usd'));
  const [, sure] = /^1=([\d.]+)/.exec(said('cascade')) ?? [];
  console.log(
    `${said('tier') === '1' ? 'kept   ' : 'carried'} ${sure} ${said('model')}: ${content}`,
  );
}
console.log(`cost ${cost.toFixed(6)}, at the frontier ${(cost + saved).toFixed(6)}`);

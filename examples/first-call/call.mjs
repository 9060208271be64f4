// One call with nothing but `fetch`: the answer, and what the gateway says about it in headers.
import { readFileSync } from 'node:fs';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();

const response = await fetch(`${url}/v1/chat/completions`, {
  method: 'POST',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    model: 'auto',
    messages: [{ role: 'user', content: 'classify: refund please' }],
  }),
});
const answer = await response.json();
if (!response.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);

console.log(answer.choices[0].message.content);
for (const name of ['tier', 'endpoint', 'model', 'sensitivity', 'cost-usd', 'decision-id']) {
  console.log(`${name}: ${response.headers.get(`x-signalbox-${name}`)}`);
}

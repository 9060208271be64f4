// An agent that goes on while its gateway is away. Each line of its input is a question; it prints
// where the answer came from. `@MODEL question` asks for one model.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createClient, GatewayError } from '@signalbox/client';

const client = createClient({
  gatewayUrl: process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141',
  key: process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim(),
  local: {
    url: process.env.LOCAL_URL ?? 'http://127.0.0.1:4242/v1',
    model: process.env.LOCAL_MODEL ?? 'sim-small',
  },
  session: 'ticket-4711',
  onChange: ({ gateway }) => console.log(`gateway is ${gateway}`),
});

for await (const line of createInterface({ input: process.stdin })) {
  const [, model = 'auto', question = line] = /^@(\S+) (.*)$/.exec(line) ?? [];
  const messages = [{ role: 'user', content: question }];
  try {
    const stream = await client.chat({ model, messages, stream: true });
    console.log(`${stream.via}: ${await stream.text()}`);
    console.log(`  ${(await client.explain(stream)).says}`);
  } catch (error) {
    // A no of the gateway is final: it is not asked for elsewhere.
    if (!(error instanceof GatewayError)) throw error;
    console.log(`refused: ${error.code}`);
  }
}
client.close();

// `signalbox ask`: one question through the gateway, the answer to standard output, and where it
// went to whoever looks.
import type { Asked, Command, Desk } from '../command.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import {
  type Ask,
  askJson,
  listIn,
  memberOf,
  readJson,
  refusalOf,
  send,
  textIn,
} from '../gateway-client.ts';
import { readAnswerStream } from './answer-stream.ts';
import { explanationText } from './explanation.ts';

export const commands: readonly Command[] = [
  {
    name: 'ask',
    says: 'Ask a model through the gateway.',
    takes: [{ name: 'TEXT', says: 'The question; `-` reads it from standard input.', rest: true }],
    flags: {
      model: { says: 'A model, an alias, ENDPOINT/MODEL, need:… or auto.', takes: 'NAME' },
      explain: { says: 'Show afterwards where it went, and why.' },
      stream: { says: 'Print the answer as it comes.' },
      session: { says: 'The session that the call belongs to.', takes: 'ID' },
      step: { says: 'The step class: message_classification, code_review, …', takes: 'CLASS' },
      sensitivity: {
        says: 'The label of the data: public, internal, personal, regulated.',
        takes: 'LABEL',
      },
    },
    examples: [
      'signalbox ask "classify: refund please" --explain',
      'signalbox ask "prove it" --model sim-frontier --stream',
      'git diff | signalbox ask - --step code_review',
    ],
    run: ask,
  },
];

const TEXT_CHARACTERS_MAX = 8 * 1_024 * 1_024;

async function ask(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal, place } = desk;
  const text = await questionOf(asked);
  const stream = asked.switched('stream');
  const body = {
    model: asked.text('model') ?? 'auto',
    messages: [{ role: 'user', content: text }],
    ...(stream ? { stream: true } : {}),
  };
  const request = { headers: sentHeaders(asked), body };
  const response = await send({
    ...{ url: place.url, key: place.key(), path: '/v1/chat/completions' },
    ...request,
  });
  const decision = response.headers.get('x-signalbox-decision-id') ?? undefined;
  const explains = asked.switched('explain');
  if (!response.ok) {
    const fault = refusalOf(response, await readJson(response));
    if (decision !== undefined && explains) await explainRefusal(desk, decision, request);
    throw fault;
  }
  if (response.status === 202) return queued(desk, response);
  const answer = stream
    ? await readAnswerStream(response, terminal)
    : textOfAnswer(await readJson(response));
  const explained =
    explains && decision !== undefined ? await fetchDecision(desk, decision) : undefined;
  if (terminal.json) {
    const document = answerDocument({ response, answer, decision, explained });
    terminal.out(`${JSON.stringify(stream ? { type: 'end', ...document } : document)}\n`);
    return EXIT.ok;
  }
  terminal.out(stream ? '\n' : `${answer}\n`);
  if (explained !== undefined) terminal.out(`\n${explanationText(explained, terminal.paint)}`);
  else terminal.say(summaryOf(response));
  if (decision !== undefined) terminal.say(`next: signalbox explain ${decision}`);
  return EXIT.ok;
}

function sentHeaders(asked: Asked): Readonly<Record<string, string>> {
  const names = ['session', 'step', 'sensitivity'];
  const said = names.flatMap((name) => {
    const value = asked.text(name);
    return value === undefined ? [] : [[`x-signalbox-${name}`, value] as const];
  });
  return Object.fromEntries(said);
}

/** The record of a call that went nowhere, with what a dry run of it says of every candidate. */
async function explainRefusal(
  desk: Desk,
  decision: string,
  request: Pick<Ask, 'headers' | 'body'>,
): Promise<void> {
  const { terminal, place } = desk;
  const record = await fetchDecision(desk, decision);
  const path = '/v1/route/explain';
  const dry = await send({ url: place.url, key: place.key(), path, ...request });
  const candidates = listIn(await readJson(dry), 'candidates');
  const whole = { ...Object(record), ...(candidates.length === 0 ? {} : { candidates }) };
  if (terminal.json) terminal.out(`${JSON.stringify({ explain: whole })}\n`);
  else terminal.out(explanationText(whole, terminal.paint));
}

export async function fetchDecision({ place }: Desk, decision: string): Promise<unknown> {
  const path = `/v1/decisions/${encodeURIComponent(decision)}`;
  return askJson({ url: place.url, key: place.key(), path });
}

async function questionOf(asked: Asked): Promise<string> {
  const text = asked.words['TEXT'] ?? '';
  if (text !== '-') return text;
  let read = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) {
    read += String(piece);
    if (read.length > TEXT_CHARACTERS_MAX) {
      throw new CommandFault(EXIT.usage, 'Standard input holds more than one question can.');
    }
  }
  return read;
}

function queued({ terminal, place }: Desk, response: Response): ExitCode {
  const location = response.headers.get('location') ?? '';
  if (terminal.json) terminal.out(`${JSON.stringify({ queued: location })}\n`);
  terminal.say(`It waits for a route. Fetch the answer: signalbox api GET ${location}`);
  terminal.say(`The gateway is ${place.url}.`);
  return EXIT.partial;
}

function textOfAnswer(body: unknown): string {
  const [choice] = listIn(body, 'choices');
  const message = memberOf(choice, 'message');
  return textIn(message, 'content') ?? JSON.stringify(memberOf(message, 'tool_calls') ?? body);
}

const SHOWN = ['tier', 'endpoint', 'model', 'sensitivity', 'cost-usd', 'savings-usd'] as const;

function summaryOf({ headers }: Response): string {
  const told = SHOWN.flatMap((name) => {
    const value = headers.get(`x-signalbox-${name}`);
    return value === null
      ? []
      : [`${name.replace('-usd', '')} ${name.endsWith('usd') ? '$' : ''}${value}`];
  });
  return told.join(', ');
}

type Answered = {
  readonly response: Response;
  readonly answer: string;
  readonly decision: string | undefined;
  readonly explained: unknown;
};

function answerDocument({ response, answer, decision, explained }: Answered): object {
  const header = (name: string): string | null => response.headers.get(`x-signalbox-${name}`);
  const tier = header('tier');
  return {
    answer,
    decision_id: decision ?? null,
    tier: tier === null ? null : Number(tier),
    endpoint: header('endpoint'),
    model: header('model'),
    sensitivity: header('sensitivity'),
    cost_usd: header('cost-usd'),
    savings_usd: header('savings-usd'),
    ...(explained === undefined ? {} : { explain: explained }),
  };
}

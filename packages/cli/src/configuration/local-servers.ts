// Model servers that people run beside their agents, found by asking the usual ports of this
// machine for their models. One short question each, all at once, over loopback alone; whatever
// does not answer like a model server is nobody.
import { type IncomingMessage, request } from 'node:http';

export type LocalServer = {
  readonly kind: 'ollama' | 'lmstudio' | 'llama-server' | 'vllm';
  readonly url: string;
  /** Names as the server gives them. */
  readonly models: readonly string[];
};

type Usual = Pick<LocalServer, 'kind'> & { readonly port: number };

export const USUAL_SERVERS: readonly Usual[] = [
  { kind: 'ollama', port: 11_434 },
  { kind: 'lmstudio', port: 1_234 },
  { kind: 'llama-server', port: 8_080 },
  { kind: 'vllm', port: 8_000 },
];

export const ASK_MS_MAX = 150;
const ANSWER_BYTES_MAX = 1_048_576;
const MODELS_MAX = 64;
const MODEL_CHARACTERS_MAX = 200;

export async function findServers(
  usual: readonly Usual[] = USUAL_SERVERS,
): Promise<readonly LocalServer[]> {
  const found = await Promise.all(usual.map(askServer));
  return found.filter((one) => one !== undefined);
}

async function askServer({ kind, port }: Usual): Promise<LocalServer | undefined> {
  const text = await ask(port);
  const models = text === undefined ? [] : readModels(text);
  return models.length === 0 ? undefined : { kind, url: `http://127.0.0.1:${port}/v1`, models };
}

function ask(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const question = request(
      { host: '127.0.0.1', port, path: '/v1/models', agent: false },
      (answer) => void take(answer).then(resolve),
    );
    const timer = setTimeout(() => question.destroy(new Error('too slow')), ASK_MS_MAX);
    question.on('close', () => clearTimeout(timer));
    question.on('error', () => resolve(undefined));
    question.end();
  });
}

async function take(answer: IncomingMessage): Promise<string | undefined> {
  let text = '';
  try {
    answer.setEncoding('utf8');
    for await (const piece of answer) {
      text += String(piece);
      if (text.length > ANSWER_BYTES_MAX) return undefined;
    }
  } catch {
    return undefined;
  }
  return answer.statusCode === 200 ? text : undefined;
}

export function readModels(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const list: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'data') : undefined;
  if (!Array.isArray(list)) return [];
  const names = list.map((one: unknown) =>
    typeof one === 'object' && one !== null ? Reflect.get(one, 'id') : undefined,
  );
  const usable = names.filter(
    (one): one is string =>
      typeof one === 'string' && one !== '' && one.length <= MODEL_CHARACTERS_MAX,
  );
  return [...new Set(usable)].slice(0, MODELS_MAX);
}

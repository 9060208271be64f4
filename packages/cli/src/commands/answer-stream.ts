// A streamed answer: server-sent events to text as it comes, or one JSON object a line. An error
// event ends it as the fault that it tells, and a stream that just stops was cut.
import { CommandFault, EXIT, exitOfStatus } from '../exit.ts';
import { listIn, memberOf, numberIn, textIn } from '../gateway-client.ts';
import type { Terminal } from '../terminal.ts';

const LINE_CHARACTERS_MAX = 8 * 1_024 * 1_024;

/** Returns the whole text. */
export async function readAnswerStream(response: Response, terminal: Terminal): Promise<string> {
  let text = '';
  let isWhole = false;
  for await (const payload of payloadsOf(response)) {
    if (payload === '[DONE]') {
      isWhole = true;
      continue;
    }
    const event: unknown = parsed(payload);
    throwError(event);
    const [choice] = listIn(event, 'choices');
    const piece = textIn(memberOf(choice, 'delta'), 'content') ?? '';
    text += piece;
    if (piece === '') continue;
    terminal.out(terminal.json ? `${JSON.stringify({ type: 'text', text: piece })}\n` : piece);
  }
  if (isWhole) return text;
  throw new CommandFault(EXIT.down, 'The answer was cut off before its end.');
}

/** The data of each event. */
export async function* payloadsOf(response: Response): AsyncGenerator<string> {
  const { body } = response;
  if (body === null) return;
  const decoder = new TextDecoder();
  let held = '';
  for await (const bytes of body) {
    held += decoder.decode(bytes, { stream: true });
    if (held.length > LINE_CHARACTERS_MAX)
      throw new CommandFault(EXIT.down, 'An event is too long.');
    const lines = held.split(/\r?\n/);
    held = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) yield line.slice('data:'.length).trim();
    }
  }
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    throw new CommandFault(EXIT.down, 'The gateway sent an event that is no JSON.');
  }
}

function throwError(event: unknown): void {
  const error = memberOf(event, 'error');
  if (error === undefined) return;
  const message = textIn(error, 'message') ?? 'The answer ended with an error.';
  const hint = textIn(error, 'hint');
  const code = textIn(error, 'code');
  const status = numberIn(error, 'status');
  throw new CommandFault(status === undefined ? EXIT.down : exitOfStatus(status), message, {
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
  });
}

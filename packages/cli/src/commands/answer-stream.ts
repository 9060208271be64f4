// A streamed answer: server-sent events to text as it comes, or one JSON object a line. An error
// event ends it as the fault that it tells, and a stream that just stops was cut.
import { CommandFault, EXIT, exitOfStatus } from '../exit.ts';
import { listIn, memberOf, numberIn, textIn } from '../gateway-client.ts';
import type { Terminal } from '../terminal.ts';
import { eventsOf } from './events.ts';

/** Returns the whole text. */
export async function readAnswerStream(response: Response, terminal: Terminal): Promise<string> {
  let text = '';
  let isWhole = false;
  for await (const { payload } of eventsOf(response)) {
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

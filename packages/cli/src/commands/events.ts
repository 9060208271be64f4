// Server-sent events of the gateway, one by one.
import { CommandFault, EXIT } from '../exit.ts';

export type ServerEvent = { readonly event: string; readonly payload: string };

const HELD_CHARACTERS_MAX = 8 * 1_024 * 1_024;

export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const { body } = response;
  if (body === null) return;
  const decoder = new TextDecoder();
  let held = '';
  let event = 'message';
  let lines: string[] = [];
  for await (const bytes of body) {
    held += decoder.decode(bytes, { stream: true });
    if (held.length > HELD_CHARACTERS_MAX) {
      throw new CommandFault(EXIT.down, 'The gateway sent an event that is too long.');
    }
    const whole = held.split(/\r?\n/);
    held = whole.pop() ?? '';
    for (const line of whole) {
      if (line.startsWith('data:')) lines.push(line.slice(5).trimStart());
      else if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line === '') {
        if (lines.length > 0) yield { event, payload: lines.join('\n') };
        event = 'message';
        lines = [];
      }
    }
  }
}

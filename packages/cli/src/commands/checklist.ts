// The checks of an endpoint, line by line: what holds, what does not, what nobody could find out.
import { listIn, memberOf, textIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import type { Terminal } from '../terminal.ts';

/** @param examined as the admin API says it. True: calls may go there. */
export function showChecks(examined: unknown, terminal: Terminal): boolean {
  const fit = memberOf(examined, 'fit') === true;
  if (terminal.json) {
    terminal.out(`${JSON.stringify(examined)}\n`);
    return fit;
  }
  const { paint } = terminal;
  const rows = listIn(examined, 'checks').map((one) => {
    const state = textIn(one, 'state');
    const mark =
      state === 'passed' ? paint.green('ok') : state === 'failed' ? paint.red('no') : '-';
    const hint = textIn(one, 'hint');
    const says = textIn(one, 'says') ?? '';
    const more = state === 'passed' || hint === undefined ? '' : ` (${hint})`;
    return [mark, textIn(one, 'check') ?? '', printable(says + more)];
  });
  terminal.out(columns(rows));
  return fit;
}

// `signalbox explain`: the record of a call, in words. The caller's own key is asked first; on the
// gateway's machine the administrator's key reaches the calls of everybody.
import type { Asked, Command, Desk } from '../command.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { askJson } from '../gateway-client.ts';
import { fetchDecision } from './ask.ts';
import { explanationText } from './explanation.ts';

export const commands: readonly Command[] = [
  {
    name: 'explain',
    says: 'Say why a call went where it went.',
    takes: [{ name: 'DECISION', says: 'An id as in x-signalbox-decision-id: dec_…' }],
    examples: [
      'signalbox explain dec_01K9ZK3M7Q8VHJ4W2N5T6R0XYZ',
      'signalbox ask "classify: refund please" --explain',
    ],
    run: explain,
  },
];

async function explain(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const id = asked.words['DECISION'] ?? '';
  const decision = await findDecision(desk, id);
  if (terminal.json) terminal.out(`${JSON.stringify(decision)}\n`);
  else terminal.out(explanationText(decision, terminal.paint));
  terminal.say('next: signalbox tail');
  return EXIT.ok;
}

async function findDecision(desk: Desk, id: string): Promise<unknown> {
  const { place } = desk;
  try {
    return await fetchDecision(desk, id);
  } catch (cause) {
    const another =
      cause instanceof CommandFault && [EXIT.missing, EXIT.auth].some((one) => one === cause.exit);
    if (!another) throw cause;
    const key = adminKeyOf(desk);
    if (key === undefined) throw cause;
    const path = `/admin/v1/decisions/${encodeURIComponent(id)}`;
    return askJson({ url: place.url, key, path });
  }
}

function adminKeyOf({ place }: Desk): string | undefined {
  try {
    return place.adminKey();
  } catch {
    return undefined;
  }
}

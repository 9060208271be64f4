// The faults that happen inside a stream, as a change of its frames. Pure, so that each is tested
// without a socket; what happens to the connection itself is serve/deliver.ts's work.
import type { Problem } from '../problem.ts';
import type { Script } from '../script.ts';
import type { Frame } from './frame.ts';

export const streamProblem: Problem = {
  status: 500,
  type: 'server_error',
  code: 'server_error',
  message: 'The server had an error while processing your request. Sorry about that!',
  param: null,
};

/** The frames as the script wants them spoiled; without a fault, the frames themselves. */
export function* spoiled(
  frames: Iterable<Frame>,
  script: Script,
  fault: () => string,
): Generator<Frame, void, void> {
  let deltas = 0;
  let spoilt = false;
  for (const frame of frames) {
    const end = frame.kind === 'finish' || frame.kind === 'usage' || frame.kind === 'done';
    // A fault after more tokens than there are still comes, before the stream can end well.
    const due = (after: number | undefined): boolean =>
      after !== undefined && (end || (frame.kind === 'delta' && deltas >= after));
    const order = orderAt(due, script, fault);
    if (order) {
      yield order;
      return;
    }
    if (frame.kind === 'done' && script.noDone) continue;
    if (script.comments) yield { kind: 'head', text: lines(': still working\n\n', script) };
    if (end && script.truncate) {
      yield { kind: 'fault', text: cutJson(frame.text.trimEnd()) };
      return;
    }
    const spoil: boolean = !spoilt && due(script.malformedAfter);
    spoilt ||= spoil;
    const text = spoil ? `${cutJson(frame.text.trimEnd())}\n\n` : frame.text;
    yield { kind: frame.kind, text: lines(text, script) };
    if (frame.kind === 'finish' && script.twoFinish) yield frame;
    if (frame.kind === 'delta') deltas += 1;
  }
}

function orderAt(
  due: (after: number | undefined) => boolean,
  script: Script,
  fault: () => string,
): Frame | undefined {
  if (due(script.dieAfter)) return { kind: 'die', text: '' };
  if (due(script.silentAfter)) return { kind: 'silence', text: '' };
  return due(script.errorAfter) ? { kind: 'fault', text: fault() } : undefined;
}

/** A JSON body that stops in its middle. */
export function cutJson(json: string): string {
  return json.slice(0, Math.max(1, Math.floor(json.length / 2)));
}

function lines(text: string, script: Script): string {
  return script.crlf ? text.replaceAll('\n', '\r\n') : text;
}

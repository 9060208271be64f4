// Where a command speaks: data on standard output, talk on standard error, questions only where
// there is somebody to answer. A reader that closes the pipe early is no error.
import { createInterface } from 'node:readline/promises';

export type Terminal = {
  readonly json: boolean;
  /** Data. */
  out(text: string): void;
  /** Talk; nothing with `--json`. */
  say(text: string): void;
  /** What went wrong; with `--json` as one object. */
  complain(problem: {
    message: string;
    hint?: string | undefined;
    code?: string | undefined;
  }): void;
  /** False where nobody is there to say no: a script meant what it said. */
  readonly asks: boolean;
  confirm(question: string): Promise<boolean>;
  readonly paint: Paint;
};

export type Paint = {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
};

type Streams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;

export function openTerminal(
  { stdin, stdout, stderr }: Streams,
  options: { readonly json: boolean; readonly environment: Readonly<Record<string, unknown>> },
): Terminal {
  const { json, environment } = options;
  for (const stream of [stdout, stderr]) stream.on('error', ignorePipe);
  const plain = String(environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  const terminal: Terminal = {
    json,
    out: (text) => void stdout.write(text),
    say: (text) => {
      if (!json) stderr.write(`${text}\n`);
    },
    complain: ({ message, hint, code }) => {
      if (json) stderr.write(`${JSON.stringify({ error: { message, hint, code } })}\n`);
      else stderr.write(`${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
    },
    asks: stdin.isTTY === true && stderr.isTTY === true,
    async confirm(question) {
      const reader = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
      } finally {
        reader.close();
      }
    },
    paint: paints(stdout.isTTY === true && !plain && !json),
  };
  return terminal;
}

export function paints(color: boolean): Paint {
  const with_ = (code: number) => (text: string) =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: with_(1), dim: with_(2), red: with_(31), green: with_(32) };
}

function ignorePipe(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
  throw error;
}

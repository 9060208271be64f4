// The page of dialects: what does not cross between two of them, found out by sending samples.
import { type Cell, matrix } from '../conformance/matrix.ts';
import { CODECS, droppedFor, SERVERS } from '../conformance/pairs.ts';
import { SAMPLES } from '../conformance/samples.ts';

const NAMES: Readonly<Record<string, string>> = {
  openai: 'OpenAI chat',
  responses: 'OpenAI responses',
  anthropic: 'Anthropic messages',
  gemini: 'Gemini',
  ollama: 'Ollama',
  converse: 'Bedrock Converse',
  cohere: 'Cohere',
};

const OPENING = `# Dialects

A caller may speak one dialect and the model behind it another. Texts, instructions, tools, calls
with their ids and arguments, results, token counts and the reason why an answer ended cross always,
whole and streamed, and so do signed thoughts: where a format has no field for a signature, it
travels in an additional one that clients leave alone, and goes back to the provider that made it
alone ([how](../guides/connect-other-sdks.md#signatures)).

The tables list the rest: what the other side has no word for. It is left out, the call goes on, and
its name stands in the header \`x-signalbox-dropped\`. Where caller and upstream speak the same
dialect, bytes pass as they are, and nothing is dropped.

The tables come from sending samples through every pair. They hold for each dialect's own reference;
a server that knows more or less than that differs by its kind.
`;

const WORDS = `Names are ours, one for every dialect:

| name | what it is |
|---|---|
| \`topK\` | \`top_k\` in one dialect, \`topK\` in another; other fields in the same way |
| \`part.NAME\` | a kind of content; \`part.refusal\` crosses as text |
| \`format.NAME\` | a way to ask for structured output |
| \`turn.system\` | an instruction in the middle of a conversation; it is moved, not lost |
| \`result.failed\` | the mark of a tool's failure; the text of its result crosses |
| \`answers\` | more than one answer to a question |
| \`anthropic.cache_control\` | a field that one dialect alone knows, under that dialect's name |
`;

const SERVERS_ALONE = `Two formats are spoken by servers alone: nobody asks in them. For Bedrock the
table is about Claude; other models there take less.
`;

const CHECKING = `## Check it with your own recordings

\`npm run conformance -- FOLDER\` replays recorded calls of model servers against every dialect, in
any chunks, and sends each request and answer through every pair. It takes cassettes of vcrpy and
go-vcr, streams, HTTP answers and whole answers, and exits with 1 when something does not hold.
`;

export function dialectsPage(): string {
  const cells = matrix(SAMPLES);
  return [
    OPENING,
    '## Of a request',
    '',
    'A caller of the dialect on the left, an upstream of the one above.',
    '',
    table(cells, ({ droppedOfAsks }) => droppedOfAsks),
    SERVERS_ALONE,
    serversTable(),
    '## Of an answer',
    '',
    'An upstream of the dialect on the left, a caller of the one above.',
    '',
    table(cells, ({ droppedOfAnswers }) => droppedOfAnswers),
    WORDS,
    CHECKING,
  ].join('\n');
}

function serversTable(): string {
  const wires: readonly string[] = CODECS.map(({ wire }) => wire);
  const head = ['', ...SERVERS.map(({ wire }) => nameOf(wire))];
  const rows = CODECS.map((from) => [
    nameOf(from.wire),
    ...SERVERS.map((server) => {
      const words = SAMPLES.asks.flatMap(([, ask]) => [...droppedFor(from, server, ask)]);
      return listed([...new Set(words)], wires);
    }),
  ]);
  return markdown(head, rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [...lines, ''].join('\n');
}

function table(
  cells: readonly Cell[],
  droppedOf: (cell: Cell) => ReadonlyMap<string, number>,
): string {
  const wires: readonly string[] = CODECS.map(({ wire }) => wire);
  const head = ['', ...wires.map(nameOf)];
  const rows = wires.map((from) => [
    nameOf(from),
    ...wires.map((over) => {
      const cell = cells.find((one) => one.from === from && one.over === over);
      return cell === undefined ? 'as it is' : listed([...droppedOf(cell).keys()], wires);
    }),
  ]);
  return markdown(head, rows);
}

const nameOf = (wire: string): string => NAMES[wire] ?? wire;

/** Fields that only one dialect knows are said of all of them at once. */
function listed(words: readonly string[], wires: readonly string[]): string {
  const ours = words.filter((word) => !wires.some((wire) => word.startsWith(`${wire}.`)));
  return ours.length === 0
    ? 'nothing'
    : ours
        .toSorted()
        .map((word) => `\`${word}\``)
        .join(' ');
}

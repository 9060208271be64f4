// The page of error codes, written from the table that the code itself uses:
// `node tools/docs/errors.ts > docs/reference/errors.md`. A test keeps table and page equal.
import { CODES, type Code, type CodeFacts } from '@signalbox/contract';

const OPENING = `# Errors

Every refusal has a code. It stands in the body, in the record of the call and in the metrics, and
it keeps its meaning. This page is written by \`tools/docs/errors.ts\` from the table in
\`packages/contract/src/codes.table.ts\`.

An error of the OpenAI dialect looks like this; other fields than these may be added:

\`\`\`json
{
  "error": {
    "type": "invalid_request_error",
    "code": "model_unknown",
    "message": "No model, alias or endpoint is called \`gpt-9\`.",
    "param": "model",
    "hint": "\`GET /v1/models\` lists what this key may call.",
    "doc_url": "docs/reference/errors.md#model_unknown",
    "request_id": "req_01K7ABCDEFGHJKMNPQRSTVWXYZ",
    "decision_id": "dec_01K7ABCDEFGHJKMNPQRSTVWXYZ"
  }
}
\`\`\`

- *Again* says whether the same request may succeed later. Where it says no, the answer carries
  \`x-should-retry: false\`, which the official SDKs obey.
- Where it says yes and the wait is known, \`retry-after-ms\` and \`retry-after\` tell how long;
  what many callers meet in one moment tells each of them another wait.
- After the first byte of a stream the same object comes as an event (\`event: error\`), and the
  connection ends without \`[DONE]\`.
- \`GET /v1/decisions/{decision_id}\` shows the record of the call. \`decision_id\` is null where
  nobody was known yet.
`;

type Row = readonly [Code, CodeFacts];

/** The whole page. */
export function errorsPage(): string {
  const rows = (Object.entries(CODES) as Row[]).toSorted(([a, one], [b, other]) =>
    one.status === other.status ? a.localeCompare(b, 'en') : one.status - other.status,
  );
  return [OPENING, overview(rows), ...rows.map(section)].join('\n');
}

function overview(rows: readonly Row[]): string {
  const lines = rows.map(
    ([code, { status, type, retry }]) =>
      `| ${status} | [\`${code}\`](#${code}) | \`${type}\` | ${again(retry)} |`,
  );
  return `| status | \`code\` | \`type\` | again |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

function section([code, { status, meaning, hint }]: Row): string {
  return `## ${code}\n\nStatus ${status}. ${meaning} ${hint}\n`;
}

const again = (retry: CodeFacts['retry']): string => (retry === 'never' ? 'no' : 'yes');

if (import.meta.main) process.stdout.write(errorsPage());

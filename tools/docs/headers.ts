// The page of headers, from `headers.table.ts`.
import { type HeaderRow, REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.table.ts';

const OPENING = `# Headers

What a call may say in its head, and what an answer says in its own. Every header of Signalbox is
optional, except the key.

Towards the upstream go content type, accept, \`traceparent\`, \`openai-beta\` and what the endpoint
lists under \`headers\`; never the caller's credentials or cookies.
`;

export function headersPage(): string {
  return [
    OPENING,
    '## Of a request',
    '',
    table(REQUEST_HEADERS),
    '## Of an answer',
    '',
    table(RESPONSE_HEADERS),
    'Official SDKs show them: `client.chat.completions.create(...).withResponse()`.',
    '',
    'There are no `x-ratelimit-…` headers yet, because there are no limits of a rate: those of the',
    'upstream are passed on under the prefix above.',
    '',
  ].join('\n');
}

function table(rows: readonly HeaderRow[]): string {
  const lines = rows.map(({ name, takes, meaning }) => `| \`${name}\` | ${takes} | ${meaning} |`);
  return ['| header | takes | meaning |', '|---|---|---|', ...lines, ''].join('\n');
}

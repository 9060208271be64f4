// Errors are `{"error": "text"}`: beside the status there is only the text. These are the beginnings
// of sentences that servers of this dialect were seen to send, by documents and reports of users.
import type { UpstreamError } from '../canon/canon.ts';

export const TEXTS: readonly (readonly [pattern: RegExp, kind: UpstreamError['kind']])[] = [
  [/exceed(?:s|ed)? (?:the |max(?:imum)? )*context (?:length|window|size)/i, 'context_too_long'],
  [/prompt (?:is )?too long|context length exceeded/i, 'context_too_long'],
  [/exceeds the available context size/i, 'context_too_long'],
  [/^(?:pull )?model .{0,200}not found|try pulling it first/i, 'not_found'],
  [/does not support (?:chat|generate|tools|thinking|insert|embeddings|vision)/i, 'invalid'],
  [/server busy|maximum pending requests/i, 'overloaded'],
  [/requires more system memory|out of memory/i, 'overloaded'],
  [/usage limit|subscription|upgrade for access/i, 'quota'],
  [/too many (?:concurrent )?requests|rate limit/i, 'rate_limited'],
  [/unauthorized|invalid api key/i, 'auth'],
  [/timed? ?out|deadline exceeded/i, 'timeout'],
];

export const STATUSES: ReadonlyMap<number, UpstreamError['kind']> = new Map([
  [400, 'invalid'],
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [404, 'not_found'],
  [405, 'invalid'],
  [408, 'timeout'],
  [413, 'invalid'],
  [422, 'invalid'],
  [429, 'rate_limited'],
  [502, 'internal'],
  [503, 'overloaded'],
  [504, 'timeout'],
]);

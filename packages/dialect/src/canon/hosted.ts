// Tools that a provider runs by itself: nobody between it and its caller sees what they are called
// with, so whoever holds an answer to a list of tools has to know of them before it asks.
import type { Ask } from './canon.ts';
import { isObject } from './exact.ts';

/** Fields beside `tools` that switch such tools on, and what the tools are called. */
const BY_FIELD: Readonly<Record<string, string>> = {
  web_search_options: 'web_search',
  search_parameters: 'web_search',
  enable_search: 'web_search',
  mcp_servers: 'mcp',
  plugins: 'plugins',
};

/** Names, as the caller wrote them; where it wrote none, the type of the tool. */
export function hostedTools({ tools, extra }: Ask): readonly string[] {
  const listed = tools.filter(({ kind }) => kind === 'hosted').map(({ name }) => name);
  const fields = Object.values(extra ?? {}).flatMap((one) => (isObject(one) ? [one] : []));
  const switched = Object.entries(BY_FIELD)
    .filter(([field]) => fields.some((one) => isOn(one[field])))
    .map(([, name]) => name);
  return [...new Set([...listed, ...switched])];
}

const isOn = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0);

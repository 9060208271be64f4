/** Where nearly all servers have their API. */
const USUAL_PATH = '/v1';

/** What is tried, too, of a base URL without a path; undefined: it says where its API is. */
export function usualUrl(stated: string): string | undefined {
  const { origin, pathname, search } = new URL(stated);
  return pathname === '/' && search === '' ? `${origin}${USUAL_PATH}` : undefined;
}

// One line that makes a call when it is pasted into a shell.

const QUESTION = '{"model":"auto","messages":[{"role":"user","content":"Hello!"}]}';

/** @param header with the key, as a shell reads it. */
export const firstCall = (url: string, header: string): string =>
  `curl -s ${url}/v1/chat/completions -H ${header} ` +
  `-H 'content-type: application/json' -d '${QUESTION}'`;

export const keyHeader = (key: string): string => `'authorization: Bearer ${key}'`;

/** The key by its file: for whatever is stored or shown to others. */
export const keyHeaderFromFile = (file: string): string =>
  `"authorization: Bearer $(cat '${file}')"`;

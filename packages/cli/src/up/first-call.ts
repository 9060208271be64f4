// One line that makes a call when it is pasted into a shell.

const question = (model: string): string =>
  `{"model":"${model}","messages":[{"role":"user","content":"Hello!"}]}`;

/**
 * @param header with the key, as a shell reads it.
 * @param model a name of the configuration, whose letters mean nothing to a shell.
 */
export const firstCall = (url: string, header: string, model = 'auto'): string =>
  `curl -s ${url}/v1/chat/completions -H ${header} ` +
  `-H 'content-type: application/json' -d '${question(model)}'`;

export const keyHeader = (key: string): string => `'authorization: Bearer ${key}'`;

/** The key by its file: for whatever is stored or shown to others. */
export const keyHeaderFromFile = (file: string): string =>
  `"authorization: Bearer $(cat '${file}')"`;

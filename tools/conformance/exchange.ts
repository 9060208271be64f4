// What a recording holds of one call: the answer's bytes as they went over the wire, and the
// request where it was recorded too.

export type Exchange = {
  /** The file, and which of its calls. */
  readonly name: string;
  /** Who answered, as far as address or path tell. */
  readonly provider: string;
  readonly url: string | undefined;
  readonly status: number;
  /** Body of the request. */
  readonly asked: string | undefined;
  readonly answered: Uint8Array;
  /** The recorder kept the messages of a stream and not what stood around them. */
  readonly unframed: boolean;
};

const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/openai\.azure\.com|cognitiveservices\.azure/, 'azure'],
  [/api\.openai\.com/, 'openai'],
  [/anthropic\.com/, 'anthropic'],
  [/aiplatform\.googleapis\.com/, 'vertex'],
  [/generativelanguage\.googleapis\.com/, 'gemini'],
  [/bedrock.*amazonaws\.com/, 'bedrock'],
  [/ollama\.com|:11434/, 'ollama'],
];

/** The folder names of the sources that are known, else the first one that says something. */
const FOLDERS = [
  /packages\/(?:opentelemetry-instrumentation-)?([^/]+)\//,
  /(?:^|\/)([^/]+)\/[^/]*$/,
];

export function providerOf(name: string, url: string | undefined): string {
  const host = HOSTS.find(([pattern]) => url !== undefined && pattern.test(url))?.[1];
  if (host !== undefined) return host;
  // Of an address the name before its last label: `api.NAME.com`.
  const labels = url === undefined ? undefined : /^https?:\/\/([^/:]+)/.exec(url)?.[1]?.split('.');
  const known = labels?.slice(0, -1).filter((one) => !/^(api|www|co|\d+)$/.test(one)) ?? [];
  if (known.length > 0) return known.at(-1) ?? 'unknown';
  for (const pattern of FOLDERS) {
    const found = pattern.exec(name)?.[1];
    if (found !== undefined) return found;
  }
  return 'unknown';
}

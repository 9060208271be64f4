// Why a local model is not there, in a form that a person can act on. Never a prompt, an output or
// the secret: paths, sizes and the engine's own words while it loads.

export type EmbeddedCode =
  | 'engine_missing'
  | 'engine_unusable'
  | 'model_missing'
  | 'model_corrupted'
  | 'memory_insufficient'
  | 'model_hung'
  | 'start_timeout'
  | 'start_failed';

const HINTS: Readonly<Record<EmbeddedCode, string>> = {
  engine_missing:
    'install the engine: npm run engines in the repository (85 MB, once), ' +
    'elsewhere npm install node-llama-cpp',
  engine_unusable: 'install the engine anew: remove tools/engines/node_modules, npm run engines',
  model_missing: 'give the path of a readable GGUF file, for instance in SIGNALBOX_GGUF',
  model_corrupted: 'fetch the file again and compare its size and digest with its source',
  memory_insufficient: 'take a smaller model, a smaller context or fewer slots',
  model_hung: 'if it stays, take a smaller model or fewer slots, or try another engine',
  start_timeout: 'the model loads too slowly: take a smaller one, or allow more time',
  start_failed: 'start again; if it stays, try the file with another engine',
};

export class EmbeddedFault extends Error {
  override readonly name = 'EmbeddedFault';
  readonly code: EmbeddedCode;
  readonly hint: string;
  constructor(code: EmbeddedCode, detail: string) {
    super(detail);
    this.code = code;
    this.hint = HINTS[code];
  }
}

export function isEmbeddedCode(value: unknown): value is EmbeddedCode {
  return typeof value === 'string' && Object.hasOwn(HINTS, value);
}

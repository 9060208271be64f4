// The real engine with the faults of a bad day in it: a folder to be given as a place of engines.
// A prompt that ends with one of `FAULTS` meets it after two tokens; every other is answered.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENGINES } from './engine.fixture.ts';

export const FAULTS = {
  /** No further token; the process lives. */
  stalls: 'await new Promise(() => {});',
  /** The process lives and answers nobody. */
  freezes: 'for (;;);',
  /** A crash of native code. */
  segfaults: "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
  /** An assertion of native code. */
  aborts: 'process.abort();',
  /** What the system does when memory runs out. */
  exhausts: "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
  /** An error of the engine that takes nobody along. */
  throws: "throw new Error('ggml_decode failed: -3');",
  /** The same token for ever. */
  repeats: 'for (;;) yield drawn;',
  /** Halves of characters for ever. */
  garbles: 'for (;;) yield { ...drawn, token: half };',
} as const;

/** `loading`: what happens instead of the model being loaded, in words of JavaScript. */
export function faultyEngine(folder: string, loading = ''): string {
  const real = createRequire(join(ENGINES, 'here.js')).resolve('node-llama-cpp');
  const modules = join(folder, 'node_modules');
  const engine = join(modules, 'node-llama-cpp');
  mkdirSync(engine, { recursive: true });
  symlinkSync(join(ENGINES, 'node_modules/@huggingface'), join(modules, '@huggingface'));
  const about = { name: 'node-llama-cpp', version: '0.0.0', type: 'module', exports: './index.js' };
  writeFileSync(join(engine, 'package.json'), JSON.stringify(about));
  writeFileSync(join(engine, 'index.js'), sourceOf(pathToFileURL(real).href, loading));
  return folder;
}

const sourceOf = (real: string, loading: string): string => `
import {
  getLlama as realLlama, InsufficientMemoryError, LlamaGrammarEvaluationState,
} from ${JSON.stringify(real)};
export { LlamaGrammarEvaluationState };
export async function getLlama(options) {
  const llama = await realLlama(options);
  const load = llama.loadModel.bind(llama);
  llama.loadModel = async (given) => {
    ${loading}
    const model = await load(given);
    const open = model.createContext.bind(model);
    model.createContext = async (sizes) => {
      const context = await open(sizes);
      const next = context.getSequence.bind(context);
      context.getSequence = () => spoilt(next(), model);
      return context;
    };
    return model;
  };
  return llama;
}
function spoilt(sequence, model) {
  const evaluate = sequence.evaluateWithMetadata.bind(sequence);
  const half = [...model.iterateAllTokens()].find((one) => model.detokenize([one]) === '\\uFFFD');
  sequence.evaluateWithMetadata = async function* (tokens, wanted, options) {
    const prompt = model.detokenize(tokens, true);
    let count = 0;
    for await (const drawn of evaluate(tokens, wanted, options)) {
      yield drawn;
      count += 1;
      if (count !== 2) continue;
${Object.entries(FAULTS)
  .map(([name, deed]) => `      if (prompt.includes('it ${name}')) { ${deed} }`)
  .join('\n')}
    }
  };
  return sequence;
}
`;

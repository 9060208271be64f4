/**
 * Loads a model with the installed engine and lets it say something: `node verify.mjs MODEL`.
 * It runs in a process of its own, because a broken native library takes its process with it.
 */
import { getLlama } from 'node-llama-cpp';

const TOKENS_MAX = 24;
const CONTEXT_TOKENS = 256;

const modelPath = process.argv[2];
if (modelPath === undefined) throw new Error('usage: node verify.mjs MODEL');

const llama = await getLlama({ gpu: gpuOf(), build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: CONTEXT_TOKENS });
const sequence = context.getSequence();
const prompt = model.tokenize('<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n', true);
/** @type {import('node-llama-cpp').Token[]} */
const said = [];
for await (const token of sequence.evaluate(prompt)) {
  said.push(token);
  if (said.length >= TOKENS_MAX) break;
}
if (said.length === 0) throw new Error('the engine loaded the model, but it said nothing');
process.stdout.write(`${model.detokenize(said)}\n`);
await llama.dispose();

/** The binary for Apple's processors has Metal inside; elsewhere the processor does the work. */
function gpuOf() {
  return process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false;
}

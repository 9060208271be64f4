// The command line of the tiny model: reads the options, writes the file, says what it wrote.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type TinyModelOptions, tinyModel } from './tiny-model.ts';

const USAGE = [
  'usage: node tools/tiny-model/main.ts OUT',
  '[--random] [--seed N] [--name NAME] [--ctx TOKENS] [--sharp X]',
].join(' ');

function main(): void {
  const request = readArguments();
  if (typeof request === 'string') {
    console.error(`${request}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const model = tinyModel(request.options);
  writeFileSync(request.out, model.bytes);
  const megabytes = (model.bytes.length / 1e6).toFixed(2);
  const digest = createHash('sha256').update(model.bytes).digest('hex');
  console.log(`${request.out}: ${megabytes} MB, ${model.tokens} tokens, ${model.merges} merges`);
  console.log(`embedding width ${model.widthEmbedding}, sha256 ${digest}`);
  if (model.hardWords.length > 0) console.log(`unsure after: ${model.hardWords.join(' ')}`);
}

/** The request, or what was wrong with it. */
function readArguments(): { out: string; options: TinyModelOptions } | string {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        random: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        name: { type: 'string' },
        ctx: { type: 'string', default: '8192' },
        sharp: { type: 'string', default: '1' },
      },
    });
    const [out] = positionals;
    if (out === undefined || positionals.length > 1) return 'one output file is wanted';
    const options = {
      random: values.random,
      seed: numberOf('seed', values.seed),
      name: values.name ?? (values.random ? 'tiny-random' : 'tiny'),
      contextTokens: numberOf('ctx', values.ctx),
      sharpness: numberOf('sharp', values.sharp),
    };
    return { out, options };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new Error(`--${option} wants a number`);
  return value;
}

main();

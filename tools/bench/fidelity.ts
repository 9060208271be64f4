import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@signalbox/config';
import { startSim } from '@signalbox/sim';
import { openServer } from 'signalbox';
import { tinyModel } from '../tiny-model/tiny-model.ts';
import { Book } from './book.ts';
import { type Message, TASKS, type Task } from './fidelity-tasks.ts';
import type { GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { messageOf } from './setting.ts';
import { root, versions } from './versions.ts';

/**
 * One agent on unequal models: how many of its steps come out of use, with what the models'
 * documents say of their manners and without it. Each model stands there twice, at the same
 * server. What is of use is judged by the answers alone.
 */

export interface FidelityOptions {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/**
 * What the sim plays beside its best model: one that hears of tools and forms in words alone, and
 * one whose template knows no system role, with a short context.
 */
const WORDS = 'no-tools,no-format';
const WORDS_MANNERS = '{ tools: prompted, format: prompted }';
const PLAIN_CONTEXT = 700;
const PLAIN = `no-system,${WORDS},context=${PLAIN_CONTEXT}`;
const PLAIN_MANNERS = '{ system: user, tools: prompted, format: prompted, trim: true }';
const TINY_CONTEXT = 1_024;
/** It cuts words finer than at the three characters that are counted for a token. */
const TINY_CONTEXT_STATED = 640;
const SAMPLES = 24;
const SAMPLES_QUICK = 8;

const MODELS = ['sim, native', 'sim, words', 'sim, plain', 'tiny GGUF'] as const;
type Model = (typeof MODELS)[number];
const NAMES: Readonly<Record<Model, string>> = {
  'sim, native': 'native',
  'sim, words': 'words',
  'sim, plain': 'plain',
  'tiny GGUF': 'tiny',
};

const figureOf = (model: Model, step: string): string => `${model}: ${step}`;
const sumOf = (model: Model): string => `${model}: all steps`;

/** Whatever a model is like, steps of an agent come out of use. */
const LINES: readonly GoalLine[] = MODELS.flatMap((model) => [
  ...TASKS.map(({ step }) => ({ figure: figureOf(model, step), unit: '%', goals: [] })),
  {
    figure: sumOf(model),
    unit: '%',
    goals: [{ kind: 'at-least' as const, bound: 95 }],
  },
]);

export async function fidelity({ quick, say }: FidelityOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fidelity-'));
  const book = new Book();
  const faults: string[] = [];
  const sim = await startSim();
  sim.script(PLAIN, { model: 'sim-small' });
  sim.script(WORDS, { model: 'sim-medium' });
  const hasEngine = existsSync(join(root, 'tools/engines/node_modules/node-llama-cpp'));
  if (!hasEngine) faults.push('the tiny model did not run: npm run engines');
  const file = join(folder, 'signalbox.yaml');
  writeFileSync(file, documents(sim.url, hasEngine ? tinyIn(folder) : undefined));
  const flags = { port: '0', data: join(folder, '.signalbox'), config: file };
  const settings = readSettings({ environment: {}, flags });
  const more = { role: 'all', discovers: false, environment: {}, flags, folder, settings } as const;
  const server = await openServer(more);
  try {
    const ask = askerOf(server.url, server.demo?.key.reveal() ?? '');
    for (const model of hasEngine ? MODELS : MODELS.slice(0, -1)) {
      for (const who of ['without', 'signalbox']) {
        say(`${model}, ${who === 'without' ? 'as it comes' : 'in its manner'}`);
        const name = who === 'without' ? `${NAMES[model]}-raw` : NAMES[model];
        await measure({ book, model, who, name }, ask, quick ? SAMPLES_QUICK : SAMPLES);
      }
    }
  } catch (error) {
    faults.push(messageOf(error));
  } finally {
    await server.stop();
    await sim.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'fidelity', versions: versions(), rows: book.rows(LINES, hasEngine), faults };
}

function tinyIn(folder: string): string {
  const file = join(folder, 'tiny.gguf');
  const options = { random: false, seed: 1, contextTokens: TINY_CONTEXT, sharpness: 1 };
  writeFileSync(file, tinyModel({ ...options, name: 'tiny' }).bytes);
  return file;
}

function documents(simUrl: string, tiny: string | undefined): string {
  const at = (name: string, model: string, manners = ''): string =>
    `  ${name}: { kind: openai-compatible, url: "${simUrl}/v1", tier: 1, ` +
    `models: { ${model}: { name: ${name}, capabilities: [tools]${manners} } } }`;
  const here = (name: string, facts: string): string =>
    `  ${name}: { kind: embedded, model_path: "${tiny}", ` +
    `models: { tiny: { name: ${name}, context_tokens: ${facts} } } }`;
  return [
    'version: 1',
    'endpoints:',
    at('native-raw', 'sim-frontier'),
    at('native', 'sim-frontier'),
    at('words-raw', 'sim-medium'),
    at('words', 'sim-medium', `, manners: ${WORDS_MANNERS}`),
    at('plain-raw', 'sim-small'),
    at('plain', 'sim-small', `, context_tokens: ${PLAIN_CONTEXT}, manners: ${PLAIN_MANNERS}`),
    ...(tiny === undefined
      ? []
      : [
          here('tiny-raw', `${TINY_CONTEXT}`),
          here('tiny', `${TINY_CONTEXT_STATED}, manners: { trim: true }`),
        ]),
    'tenants: { agency: { topology: cloud } }',
    '',
  ].join('\n');
}

type Ask = (name: string, task: Task, at: number) => Promise<Message | undefined>;

const askerOf =
  (url: string, key: string): Ask =>
  async (name, task, at) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-signalbox-step': task.step,
      },
      body: JSON.stringify({ model: name, max_tokens: 128, ...task.body(at) }),
    });
    const text = await response.text();
    return response.ok ? messageIn(JSON.parse(text)) : undefined;
  };

function messageIn(body: unknown): Message {
  const at = (value: unknown, key: string): unknown => Reflect.get(Object(value), key);
  const message = at(at(at(body, 'choices'), '0'), 'message');
  const calls = at(message, 'tool_calls');
  const functions = Array.isArray(calls) ? calls.map((one) => at(one, 'function')) : [];
  return {
    content: String(at(message, 'content') ?? ''),
    calls: functions.map((one) => ({
      name: String(at(one, 'name')),
      text: String(at(one, 'arguments')),
    })),
  };
}

type Scene = {
  readonly book: Book;
  readonly model: Model;
  readonly who: string;
  readonly name: string;
};

async function measure(
  { book, model, who: contestant, name }: Scene,
  ask: Ask,
  samples: number,
): Promise<void> {
  let all = 0;
  for (const task of TASKS) {
    let good = 0;
    for (let at = 0; at < samples; at += 1) {
      const message = await ask(name, task, at);
      if (message !== undefined && task.isOfUse(message)) good += 1;
    }
    all += good;
    const value = (100 * good) / samples;
    book.write({ figure: figureOf(model, task.step), contestant, round: 0, value });
  }
  const value = (100 * all) / (samples * TASKS.length);
  book.write({ figure: sumOf(model), contestant, round: 0, value });
}

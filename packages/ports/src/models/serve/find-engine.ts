// Finds the engine on disk and imports it. The places are given, in order: this code neither reads
// the environment nor knows the layout of a repository. Last of all it looks where an import from
// here would look, which is the application's own node_modules.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedFault } from '../fault.ts';
import { type Engine, isEngine, isTemplateModule, type TemplateMaker } from './engine.ts';

const ENGINE = 'node-llama-cpp';
const TEMPLATES = '@huggingface/jinja';

export type FoundEngine = { readonly engine: Engine; readonly Template: TemplateMaker };

export async function findEngine(folders: readonly string[]): Promise<FoundEngine> {
  // A path to node_modules itself is taken as well: people copy what they see.
  const places = folders.map((folder) => join(folder.replace(/\/node_modules\/*$/, ''), 'here.js'));
  const path = firstOf([...places, import.meta.url], ENGINE);
  if (path === undefined) {
    const looked = folders.length === 0 ? 'node_modules' : `${folders.join(', ')} and node_modules`;
    throw new EmbeddedFault('engine_missing', `${ENGINE} is not installed; looked in ${looked}`);
  }
  const templates = firstOf([path], TEMPLATES);
  try {
    const engine: unknown = await import(pathToFileURL(path).href);
    const renderer: unknown = await import(pathToFileURL(templates ?? TEMPLATES).href);
    if (isEngine(engine) && isTemplateModule(renderer)) {
      return { engine, Template: renderer.Template };
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'unknown reason';
    throw new EmbeddedFault('engine_unusable', `${path} cannot be loaded: ${detail}`);
  }
  throw new EmbeddedFault('engine_unusable', `${path} is not a version that is understood`);
}

function firstOf(places: readonly string[], name: string): string | undefined {
  for (const place of places) {
    try {
      return createRequire(place).resolve(name);
    } catch {
      // Not here; the next place may have it.
    }
  }
  return undefined;
}

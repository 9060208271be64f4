// Pages that belong to one dialect: the lists and cards that Ollama's clients ask for before a
// call, and the count of tokens that Anthropic's do. What nobody knows is left out, never made up.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import {
  innerText,
  type ListedModel,
  ollamaModels,
  questionIn,
  writeCount,
} from '@signalbox/dialect';
import type { House, Identity } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { readBody } from './body.ts';
import { modelList } from './models.ts';
import type { Pages } from './page.ts';

export type NativePage = 'count' | 'tags' | 'show' | 'loaded' | 'version';

export async function nativePage(
  exchange: Exchange,
  page: NativePage,
  who: Identity,
  pages: Pages,
): Promise<void> {
  const made = await bytesOf(exchange, page, who, pages);
  if (made.ok) exchange.reply(200, JSON_HEADERS, made.value);
  else pages.refuse(exchange, made.refusal);
}

const JSON_HEADERS: readonly string[] = ['content-type', 'application/json'];

async function bytesOf(
  exchange: Exchange,
  page: NativePage,
  who: Identity,
  pages: Pages,
): Promise<Result<Uint8Array, Refusal>> {
  switch (page) {
    case 'version':
      return yes(ollamaModels.writeVersion(pages.version));
    case 'tags':
      return yes(ollamaModels.writeTags(listed(who, pages.house)));
    case 'loaded':
      return yes(ollamaModels.writeLoaded(listed(who, pages.house)));
    case 'show':
      return shown(exchange, who, pages);
    case 'count':
      return counted(exchange, pages);
  }
}

function listed(who: Identity, house: House): readonly ListedModel[] {
  const { byModel } = house.now().catalog;
  return modelList(who, house).data.map(({ id }) => {
    const contexts = (byModel.get(id) ?? []).flatMap(({ contextTokens }) => contextTokens ?? []);
    return contexts.length === 0
      ? { name: id }
      : { name: id, contextTokens: Math.max(...contexts) };
  });
}

async function shown(
  exchange: Exchange,
  who: Identity,
  pages: Pages,
): Promise<Result<Uint8Array, Refusal>> {
  const body = await bodyOf(exchange, pages);
  if (!body.ok) return body;
  const name = innerText(body.value, 'model') ?? innerText(body.value, 'name');
  const model = listed(who, pages.house).find((one) => one.name === name);
  if (model !== undefined) return yes(ollamaModels.writeShow(model));
  return no(refusal('model_unknown', 'No model of yours has this name.', { param: 'model' }));
}

/** By length, as the estimate before a call is. */
async function counted(exchange: Exchange, pages: Pages): Promise<Result<Uint8Array, Refusal>> {
  const body = await bodyOf(exchange, pages);
  if (!body.ok) return body;
  const question = questionIn('anthropic', 'chat', body.value, { model: '', stream: false });
  return question.ok ? yes(writeCount(question.value.inputTokensEstimate)) : question;
}

function bodyOf(exchange: Exchange, { house }: Pages): Promise<Result<Uint8Array, Refusal>> {
  const { bodyBytesMax, bodyMsMax } = house.now();
  return readBody(exchange, bodyBytesMax, bodyMsMax);
}

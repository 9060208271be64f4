// Pages that belong to one dialect: the lists and cards that Ollama's clients ask for before a
// call. What nobody knows is left out, never made up.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { innerText, type ListedModel, ollamaModels } from '@signalbox/dialect';
import type { House, Identity } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { readBody } from './body.ts';
import { modelList } from './models.ts';
import type { Pages } from './page.ts';

export type NativePage = 'tags' | 'show' | 'loaded' | 'version';

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

function bodyOf(exchange: Exchange, { house }: Pages): Promise<Result<Uint8Array, Refusal>> {
  const { bodyBytesMax, bodyMsMax } = house.now();
  return readBody(exchange, bodyBytesMax, bodyMsMax);
}

// What callers of these worlds ask beside the usual: much is moderated, counted or only passes, and
// many name a consent, one that holds or one that does not.
import type { Chance } from '../chance.ts';
import { drawWish, saying, type Tilt, type WishTools } from '../client/wish.ts';
import type { Wish } from '../facts.ts';
import { CONSENTS, SUBJECTS } from './consents.ts';
import { drawAsked } from './passing.ts';

const TILT: Tilt = {
  labels: [
    [undefined, 40],
    ['public', 13],
    ['internal', 12],
    ['personal', 13],
    ['regulated', 22],
  ],
  holdsShare: 0.35,
  queueShare: 0.45,
};

const PASSING_SHARE = 0.35;
const CONSENT_SHARE = 0.35;
const STRANGE_SHARE = 0.1;
const BACK_SHARE = 0.6;
const SESSION_SHARE = 0.4;

export function drawResidencyWish(number: number, tools: WishTools): Wish {
  const usual = drawWish(number, tools, TILT);
  // What is repeated is repeated as it was.
  const isNew =
    usual.canary.startsWith('canaryprompt') && usual.canary === `canaryprompt${number}x`;
  if (!isNew) return usual;
  const chance = tools.chance.fork('beside');
  return withConsent(withSession(withPassing(usual, chance, tools), chance), chance);
}

function withPassing(drawn: Wish, chance: Chance, { objects, keyText }: WishTools): Wish {
  if (drawn.kind === 'dry-run' || !chance.happens(PASSING_SHARE)) return drawn;
  // Who has made something comes back for it.
  const tenant = chance.happens(BACK_SHARE) ? chance.oneOf(objects)?.tenant : undefined;
  const usual = tenant === undefined ? drawn : ofTenant(drawn, tenant, keyText);
  const { holds, canary } = usual;
  const own = objects.filter(({ tenant }) => tenant === usual.tenant || chance.happens(0.1));
  const asked = drawAsked({ chance, text: saying(canary, holds), objects: own }, holds);
  const { contentType, ...rest } = asked;
  return {
    ...usual,
    ...rest,
    headers: withHeader(usual.headers, 'content-type', contentType),
    bodyFault: usual.bodyFault === 'never' ? 'never' : 'none',
    ...{ stream: false, usageWanted: false },
  };
}

function ofTenant(wish: Wish, tenant: string, keyText: WishTools['keyText']): Wish {
  const keyName = `${tenant}-main`;
  const text = keyText(keyName);
  const authorized = withHeader(wish.headers, 'authorization', `Bearer ${text}`);
  const headers = withoutHeader(authorized, 'x-api-key');
  return { ...wish, tenant, keyName, keyText: text, headers };
}

/** Few sessions, so that most of them have held something before. */
function withSession(wish: Wish, chance: Chance): Wish {
  if (!chance.happens(SESSION_SHARE)) return wish;
  const session = chance.pick(['canarysessiona', 'canarysessionb']);
  return { ...wish, headers: withHeader(wish.headers, 'x-signalbox-session', session) };
}

/** Mostly its tenant's own; now and then another tenant's, or one that nobody gave. */
function withConsent(wish: Wish, chance: Chance): Wish {
  if (!chance.happens(CONSENT_SHARE)) return wish;
  const tenant = chance.happens(STRANGE_SHARE) ? chance.pick(STRANGERS) : wish.tenant;
  const consent = `${tenant}-${chance.weighted(CONSENTS)}`;
  const named = withHeader(wish.headers, 'x-signalbox-consent', consent);
  if (!chance.happens(0.5)) return { ...wish, consent, headers: named };
  const headers = withHeader(named, 'x-signalbox-subject', chance.pick(SUBJECTS));
  return { ...wish, consent, headers };
}

const STRANGERS = ['acme', 'bolt', 'crypt', 'dorm', 'nobody'] as const;

function withHeader(headers: readonly string[], name: string, value: string): readonly string[] {
  const at = headers.indexOf(name);
  return at === -1 ? [...headers, name, value] : headers.with(at + 1, value);
}

function withoutHeader(headers: readonly string[], name: string): readonly string[] {
  const at = headers.indexOf(name);
  return at === -1 ? headers : headers.toSpliced(at, 2);
}

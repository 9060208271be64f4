// Events of the registry, of all and of two tenants, of which a webhook did not take one.
import { type KeptEvent, Outbox } from '@signalbox/ports';

export const HOOKS: readonly string[] = ['ops', 'theirs'];

export function toldOutbox(now: number): Outbox {
  const outbox = new Outbox(':memory:');
  const events = [undefined, 'acme', 'globex'].map((tenant, at) => event(at + 1, tenant, now));
  const hears = ({ tenant }: KeptEvent): readonly string[] => (tenant === 'acme' ? HOOKS : ['ops']);
  outbox.record({ known: new Map(), events, hears });
  const own = events.find(({ tenant }) => tenant === 'acme')?.id ?? '';
  const tried = { at: now - 50, event: own, attempt: 1, ms: 3, fault: 'connect_failed' };
  for (const webhook of HOOKS) {
    outbox.tried({ ...tried, webhook, outcome: 'failed', status: undefined }, now + 60_000);
  }
  return outbox;
}

function event(number: number, tenant: string | undefined, now: number): KeptEvent {
  const id = `evt_${String(number).padStart(26, '0')}`;
  const data = { version: number, change: 'changed', tenant: tenant ?? null, fields: ['hide'] };
  const type = 'signalbox.registry.override.changed';
  const sent = { specversion: '1.0', id, type, subject: `override/${tenant ?? 'all'}`, data };
  return { id, at: now - 100, version: number, tenant, body: JSON.stringify(sent) };
}

// What a start says: at most eight lines, each with what one needs next.
import { firstCall, keyHeader } from './first-call.ts';
import type { Server } from './server.ts';

export const START_LINES_MAX = 8;
const MODELS_SHOWN_MAX = 6;

/** @param command how this program is called here. */
export function startLines(server: Server, version: string, command: string): readonly string[] {
  const { url, demo } = server;
  const link = server.loginLink();
  const rows: [string, string][] = [['api', `${url}/v1`]];
  if (link !== undefined) rows.push(['console', `${link} (opens once, within 10 minutes)`]);
  rows.push(['key', keyText(server)], ['models', modelText(server)]);
  if (demo !== undefined) rows.push(['try', firstCall(url, keyHeader(demo.key.reveal()))]);
  rows.push(['logs', server.logPath], ['next', nextText(server, command)]);
  return [`signalbox ${version}`, ...rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`)];
}

function keyText({ demo, documents }: Server): string {
  if (demo !== undefined) return `${demo.key.reveal()} (tenant ${demo.tenant})`;
  const { keys, tenants } = documents.inForce.configuration;
  return `${counted(keys.size, 'key')} of ${counted(tenants.size, 'tenant')} in the configuration`;
}

function modelText({ status }: Server): string {
  const { endpoints } = status();
  const on = endpoints.filter((one) => one.state === 'available' && one.models.length > 0);
  const off = endpoints.filter((one) => one.state === 'off').map(({ name }) => name);
  const missing = endpoints.filter((one) => one.state === 'unavailable').map(({ name }) => name);
  const shown = on
    .slice(0, MODELS_SHOWN_MAX)
    .map(({ tier, models }) => `${shortList(models)} (tier ${tier})`);
  const more = on.length > shown.length ? [`${on.length - shown.length} more endpoints`] : [];
  const told = [
    [...shown, ...more].join(', ') || 'none',
    ...(off.length === 0 ? [] : [`found, off: ${off.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`without a key: ${missing.join(', ')}`]),
  ];
  return told.join('; ');
}

function shortList(models: readonly string[]): string {
  const [first = '', second, ...rest] = models;
  if (second === undefined) return first;
  return rest.length === 0 ? `${first}, ${second}` : `${first} and ${models.length - 1} more`;
}

function nextText({ documents, status }: Server, command: string): string {
  const { notices, notActive } = documents.inForce.read;
  const count = notices.length + notActive.length;
  if (count > 0) {
    const named = [...documents.inForce.gathered.named].map((name) => ` --config ${name}`);
    return `${counted(count, 'note')} on the files: ${command} config validate${named.join('')}`;
  }
  const off = status().endpoints.find((one) => one.state === 'off');
  if (off !== undefined) return `${command} endpoint enable ${off.name}`;
  return `${command} ask "classify: refund please" --explain`;
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

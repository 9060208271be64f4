// What a start says: at most eight lines, each with what one needs next.
import type { EndpointStatus } from '@signalbox/control';
import { firstCall, keyHeader } from './first-call.ts';
import type { Server } from './server.ts';

export const START_LINES_MAX = 8;
const SHOWN_MAX = 6;

export type StartFacts = {
  readonly version: string;
  /** How this program is called here. */
  readonly command: string;
  /** Endpoints of this machine that take no connection. */
  readonly silent: ReadonlySet<string>;
};

export function startLines(server: Server, facts: StartFacts): readonly string[] {
  const { url } = server;
  const link = server.loginLink();
  const rows: [string, string][] = [['api', `${url}/v1`]];
  if (link !== undefined) rows.push(['console', `${link} (opens once, within 10 minutes)`]);
  const endpoints = sorted(server, facts);
  rows.push(['key', keyText(server)], ['models', modelText(endpoints)]);
  const first = tryText(server, endpoints, facts);
  if (first !== undefined) rows.push(['try', first]);
  rows.push(['logs', server.logPath], ['next', nextText(server, facts.command)]);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`);
  return [`signalbox ${facts.version}`, ...lines];
}

function keyText({ demo, documents }: Server): string {
  if (demo !== undefined) return `${demo.key.reveal()} (tenant ${demo.tenant})`;
  const { keys, tenants } = documents.inForce.configuration;
  return `${counted(keys.size, 'key')} of ${counted(tenants.size, 'tenant')} in the configuration`;
}

/** By what they can do now. */
type Sorted = {
  readonly on: readonly EndpointStatus[];
  readonly silent: readonly EndpointStatus[];
  readonly keyless: readonly EndpointStatus[];
  readonly off: readonly EndpointStatus[];
};

function sorted({ status }: Server, { silent }: StartFacts): Sorted {
  const { endpoints } = status();
  const open = endpoints.filter((one) => one.state === 'available');
  return {
    on: open.filter(({ name, models }) => models.length > 0 && !silent.has(name)),
    silent: endpoints.filter(({ name, state }) => state === 'down' || silent.has(name)),
    keyless: endpoints.filter((one) => one.state === 'unavailable'),
    off: endpoints.filter((one) => one.state === 'off'),
  };
}

function modelText({ on, silent, keyless, off }: Sorted): string {
  const shown = on
    .slice(0, SHOWN_MAX)
    .map(({ tier, models }) => `${shortList(models)} (tier ${tier})`);
  const more = on.length > shown.length ? [`${on.length - shown.length} more endpoints`] : [];
  const told = [
    [...shown, ...more].join(', ') || 'none',
    ...(off.length === 0 ? [] : [`found, off: ${namesOf(off)}`]),
    ...(silent.length === 0 ? [] : [`not running: ${namesOf(silent)}`]),
    ...(keyless.length === 0 ? [] : [`without a key: ${namesOf(keyless)}`]),
  ];
  return told.join('; ');
}

const namesOf = (endpoints: readonly EndpointStatus[]): string =>
  endpoints.map(({ name }) => name).join(', ');

function shortList(models: readonly string[]): string {
  const [first = '', second, ...rest] = models;
  if (second === undefined) return first;
  return rest.length === 0 ? `${first}, ${second}` : `${first} and ${models.length - 1} more`;
}

/** A call that can be answered now; where none can, what to do about it. */
function tryText(server: Server, all: Sorted, { command }: StartFacts): string | undefined {
  const { url, demo } = server;
  const [first] = all.on;
  if (first === undefined) {
    const ways = [
      ...all.silent.slice(0, SHOWN_MAX).map(({ name, origin }) => `start ${name} (${origin})`),
      ...all.keyless.slice(0, SHOWN_MAX).map((one) => keyWay(server, one)),
      `run \`${command} up\` without a configuration: a sim comes along`,
    ];
    return `nothing can answer yet: ${ways.join(', or ')}`;
  }
  if (demo === undefined) return undefined;
  // What is not running may be what `auto` would choose.
  const model = all.silent.length === 0 ? undefined : first.models[0];
  return firstCall(url, keyHeader(demo.key.reveal()), model);
}

function keyWay({ documents }: Server, { name }: EndpointStatus): string {
  const [credential] = documents.inForce.configuration.endpoints.get(name)?.credentials ?? [];
  const secret = credential?.secret;
  return secret?.kind === 'env' ? `set ${secret.value}` : `give ${name} its key`;
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

/**
 * What the environment and flags may set. A row with a `path` overrides a value of the
 * configuration; the others are settings of the program itself.
 */
export interface EnvironmentRow {
  readonly variable: string;
  readonly flag: string | undefined;
  readonly path: readonly [noun: string, key: string] | undefined;
  /** Secrets are never given by flag, and never shown. */
  readonly secret: boolean;
  readonly takes: 'text' | 'number' | 'files';
  readonly fallback: string | undefined;
  readonly meaning: string;
}

const row = (
  variable: string,
  meaning: string,
  more: Partial<Omit<EnvironmentRow, 'variable' | 'meaning'>> = {},
): EnvironmentRow => ({
  variable,
  meaning,
  flag: more.flag,
  path: more.path,
  secret: more.secret ?? false,
  takes: more.takes ?? 'text',
  fallback: more.fallback,
});

/** The reference page of the environment. */
export function environmentReference(): string {
  const lines = ENVIRONMENT.map((one) => {
    const flag = one.flag === undefined ? '' : `\`--${one.flag}\``;
    const sets = one.path === undefined ? '' : `\`${one.path.join('.')}\``;
    const fallback = one.fallback === undefined ? '' : `\`${one.fallback}\``;
    const secret = one.secret ? ' A secret: never a flag, never shown.' : '';
    return `| \`${one.variable}\` | ${flag} | ${sets} | ${fallback} | ${one.meaning}${secret} |`;
  });
  const head = ['| variable | flag | sets | default | meaning |', '|---|---|---|---|---|'];
  const text = 'A flag wins over the environment, the environment over files, files over defaults.';
  return ['# Environment', '', text, '', ...head, ...lines, ''].join('\n');
}

export const ENVIRONMENT: readonly EnvironmentRow[] = [
  row('SIGNALBOX_CONFIG', 'Configuration files, separated by commas; `*` is expanded.', {
    flag: 'config',
    takes: 'files',
  }),
  row('SIGNALBOX_DATA', 'The data folder.', { flag: 'data', fallback: './.signalbox' }),
  row('SIGNALBOX_HOST', 'Address to listen on.', { flag: 'host', path: ['server', 'host'] }),
  row('SIGNALBOX_PORT', 'Port to listen on.', {
    flag: 'port',
    path: ['server', 'port'],
    takes: 'number',
  }),
  row('SIGNALBOX_URL', 'The gateway that commands speak to.', { flag: 'url' }),
  row('SIGNALBOX_KEY', 'The key that commands show.', { secret: true }),
  row('SIGNALBOX_ADMIN_KEY', 'The key of the operator.', { secret: true }),
  row('SIGNALBOX_POSTGRES_URL', 'A PostgreSQL store. *Accepted, not active.*', { secret: true }),
  row('SIGNALBOX_REDIS_URL', 'A Redis or Valkey for shared limits. *Accepted, not active.*', {
    secret: true,
  }),
  row('SIGNALBOX_NATS_URL', 'A NATS for fleets. *Accepted, not active.*', { secret: true }),
  row(
    'SIGNALBOX_KEK',
    'The key that the data keys of tenants are sealed under, 64 hexadecimal digits; ' +
      'instead of the file `kek` in the data folder.',
    { secret: true },
  ),
  row(
    'HTTPS_PROXY',
    'Proxy to upstreams with TLS: `http://USER:PASSWORD@HOST:PORT`. In lower case too.',
    {
      secret: true,
    },
  ),
  row('HTTP_PROXY', 'The same for upstreams without TLS.', { secret: true }),
  row('NO_PROXY', 'Names, addresses and networks that are reached without a proxy; `*`: all.'),
  row('SIGNALBOX_PROXY_RESOLVES', '`true`: only the proxy can resolve names, so it does.'),
  row('NODE_EXTRA_CA_CERTS', 'A PEM file of certificates to believe beside the well-known ones.'),
  row('SIGNALBOX_GGUF', 'A model file to run as tier 1.', { flag: 'gguf' }),
  row('SIGNALBOX_LOG', 'Least severe log line.', {
    flag: 'log',
    path: ['telemetry', 'log_level'],
  }),
];

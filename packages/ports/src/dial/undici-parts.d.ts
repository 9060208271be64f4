// Three files of undici instead of its index, which loads fetch, web sockets and caches as well:
// that costs every start 100 ms and every process 14 MB. The paths hold for the pinned version.
declare module 'undici/lib/dispatcher/client.js' {
  import type { Client } from 'undici';

  const ClientOfUndici: typeof Client;
  export default ClientOfUndici;
}

declare module 'undici/lib/core/connect.js' {
  import type { buildConnector } from 'undici';

  const build: typeof buildConnector;
  export default build;
}

declare module 'undici/lib/core/errors.js' {
  import type { errors } from 'undici';

  const all: typeof errors;
  export default all;
}

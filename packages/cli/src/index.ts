// What other programs may open: the server of `signalbox up`, without a command line around it.
export { openServer, type Role, type Server, type ServerOptions } from './up/server.ts';

import { announce } from '../announce.ts';
import { createMock } from './mock.ts';

/**
 * The mock upstream as a process of its own: prints one line with its port, ends with its parent.
 */

const server = createMock();
server.listen(0, '127.0.0.1', 4_096, () => announce(server));

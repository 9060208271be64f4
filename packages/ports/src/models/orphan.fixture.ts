// A parent to be killed: starts the tiny model, says the child's process id, and waits.
import { startTiny } from './engine.fixture.ts';

const model = await startTiny();
process.stdout.write(`${model.pid()}\n`);

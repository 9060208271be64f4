// A program for tests of other floors, which import nothing of ours but the front door: writes the
// engine with the faults of a bad day into the folder that it is given, and says on standard output
// where that and the tiny model are, or why there is none.

import { tinyModelPath, withoutEngine } from './engine.fixture.ts';
import { faultyEngine } from './faulty.fixture.ts';

const [folder = ''] = process.argv.slice(2);
const told =
  withoutEngine === false
    ? { enginePath: faultyEngine(folder), modelPath: tinyModelPath() }
    : { skip: withoutEngine };
process.stdout.write(JSON.stringify(told));

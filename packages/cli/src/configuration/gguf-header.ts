// The header of a model file on this machine; its weights are not read.
import { type FileHandle, open } from 'node:fs/promises';
import { no, type Result, yes } from '@signalbox/contract';
import { type GgufFacts, readGguf } from '@signalbox/documents';

const MIB = 1_048_576;
/** What is read at first, and at most: long lists of tokens stand in the header. */
const FIRST_BYTES = MIB;
const BYTES_MAX = 128 * MIB;

/** A refusal says what is wrong with the file. */
export async function readGgufHeader(path: string): Promise<Result<GgufFacts, string>> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return no('it cannot be opened');
  try {
    return await headerOf(file);
  } catch {
    return no('it cannot be read');
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle): Promise<Result<GgufFacts, string>> {
  const { size } = await file.stat();
  for (let bytes = FIRST_BYTES; ; bytes *= 4) {
    const wanted = Math.min(bytes, size, BYTES_MAX);
    const buffer = new Uint8Array(wanted);
    const { bytesRead } = await file.read(buffer, 0, wanted, 0);
    const reading = readGguf(buffer.subarray(0, bytesRead));
    if (reading.kind === 'whole') return yes(reading.facts);
    if (reading.kind === 'invalid') return no(reading.why);
    if (wanted === size || wanted === BYTES_MAX) return no('its header ends too early');
  }
}

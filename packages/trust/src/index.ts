// Bytes that others can check: checksums, frames, the chain of the journal, keys of callers.
// Nothing here touches a network, a clock or `node:`; hashes come as arguments, and
// `@signalbox/trust/node` binds them to `node:crypto`.
export {
  API_KEY_CHANCE_BYTES,
  type ApiKey,
  apiKeyHolds,
  apiKeyMac,
  mintApiKey,
  parseApiKey,
} from './api-key.ts';
export {
  type ChainBreak,
  type ChainResult,
  type ChainStep,
  type ChainTools,
  chainBreak,
  verifyChain,
} from './chain.ts';
export { crc32, crc32Ascii, crc32c } from './crc.ts';
export {
  CHAIN_START,
  chainHash,
  type EntryRead,
  entryHeadBytes,
  entryHeadText,
  entryOf,
  entryText,
  type ReadEntry,
  readEntry,
  type Sha256,
} from './entry.ts';
export {
  type Belonging,
  type Cipher,
  type CipherUse,
  type DataKey,
  KEY_BYTES,
  openContent,
  SEAL_NONCE_BYTES,
  SEAL_OVERHEAD_BYTES,
  sealContent,
  sealVersion,
} from './envelope.ts';
export {
  FRAME_BYTES_MAX,
  FRAME_HEAD_BYTES,
  type Frame,
  type FrameRead,
  type FrameRun,
  findFrameAfterSync,
  frame,
  readFrame,
  readFrames,
  sealFrame,
} from './frame.ts';

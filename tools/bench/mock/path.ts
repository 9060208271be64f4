import { fileURLToPath } from 'node:url';

/** Where the mock's own program lies, for those who start it as a process. */
export const mockPath: string = fileURLToPath(new URL('./mock-main.ts', import.meta.url));

import { fileURLToPath } from 'node:url'

/** The program of a worker of `flowbreak run`, wherever the other modules were bundled. */
export const RUN_WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './run-worker.ts' : '../bin/run-worker.js', import.meta.url),
)

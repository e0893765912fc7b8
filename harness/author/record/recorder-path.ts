import { fileURLToPath } from 'node:url'

/** The program that records, wherever the rest was bundled to. */
export const RECORDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './recorder.ts' : './recorder.js', import.meta.url),
)

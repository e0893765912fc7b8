import { fileURLToPath } from 'node:url'

/** The program of the child process, wherever the rest was bundled to. */
export const CHILD = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url),
)

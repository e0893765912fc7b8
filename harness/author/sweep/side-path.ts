import { fileURLToPath } from 'node:url'

/** The program of a thread beside a sweep, wherever the rest was bundled to: threads load no TypeScript, so that there is but the built one. */
export const SIDE_THREAD = fileURLToPath(
  new URL(`../../${import.meta.url.endsWith('.ts') ? '../dist/' : ''}bin/sweep-side.mjs`, import.meta.url),
)

import { fileURLToPath } from 'node:url'

/**
 * The program of the child process, wherever the other modules were bundled: always the built one, because reading TypeScript
 * would delay the start of each child by half a second.
 */
export const CHILD = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../../dist/observe/live/pcap/child.js' : './child.js',
    import.meta.url,
  ),
)

import { fileURLToPath } from 'node:url'

/**
 * The program of the child process, wherever the rest was bundled to: the built one even where the rest is read as TypeScript, as a
 * reader of that takes each child half a second to start.
 */
export const CHILD = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../../dist/observe/live/pcap/child.js' : './child.js',
    import.meta.url,
  ),
)

import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/**
 * Opens a named pipe so that the event loop waits for it: a thread that waits for its writer, or for what that writes, can be ended by
 * nothing, and the process does not end before it. `signal` ends the wait. Throws the system's error.
 */
export function openNamedPipe(path: string, signal: AbortSignal | undefined): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const pipe = new Socket({ fd, readable: true, writable: false })
  const end = () => pipe.destroy(signal?.reason)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  return pipe.once('close', () => signal?.removeEventListener('abort', end))
}

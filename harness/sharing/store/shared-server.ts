import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { DATABASES, type RedisServer, startRedis } from './redis-server.ts'
import type { RedisAddress } from './redis-store.ts'

/** A server, and its free databases. */
interface Shared {
  readonly server: RedisServer
  readonly free: number[]
}

let shared: Promise<Shared> | undefined

/**
 * A database of this process's only server, which is started for the first lease, started again if it was killed, and
 * ends with the process.
 */
export interface Lease {
  readonly address: RedisAddress
  readonly database: number
  /** The server's process. */
  readonly pid: number
  /** Frees the database; it must be empty. */
  release(): void
}

/** Throws like `startRedis`. */
export async function leaseDatabase(): Promise<Lease> {
  const { server, free } = await living()
  const database = free.pop()
  if (database === undefined)
    throw new FlowbreakError(
      'ERR_STORE_BUSY',
      `${DATABASES} setups with sharing "store" are open at the same time: close some of them first.`,
      { exitCode: ExitCode.broken },
    )
  return { address: server.address, database, pid: server.pid, release: () => free.push(database) }
}

async function living(): Promise<Shared> {
  const asked = shared ?? start()
  shared = asked
  try {
    const found = await asked
    if (found.server.isAlive) return found
    await found.server.stop()
  } catch (thrown) {
    if (shared === asked) shared = undefined
    throw thrown
  }
  // Other calls may have found the same at the same time.
  if (shared === asked) shared = undefined
  return living()
}

async function start(): Promise<Shared> {
  const server = await startRedis()
  return { server, free: Array.from({ length: DATABASES }, (_, index) => DATABASES - 1 - index) }
}

import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { DATABASES, type RedisServer, startRedis } from './redis-server.ts'
import type { RedisAddress } from './redis-store.ts'

let starting: Promise<RedisServer> | undefined
const free = Array.from({ length: DATABASES }, (_, index) => DATABASES - 1 - index)

/** A database of the one server of this process, which is started for the first that asks and ends with the process. */
export interface Lease {
  readonly address: RedisAddress
  readonly database: number
  /** Lets another have it; it must be empty. */
  release(): void
}

/** Throws as `startRedis`. */
export async function leaseDatabase(): Promise<Lease> {
  starting ??= startRedis()
  let server: RedisServer
  try {
    server = await starting
  } catch (thrown) {
    starting = undefined
    throw thrown
  }
  const database = free.pop()
  if (database === undefined)
    throw new FlowbreakError(
      'ERR_STORE_BUSY',
      `${DATABASES} setups with sharing "store" are open at once: dispose of some first.`,
      { exitCode: ExitCode.broken },
    )
  return { address: server.address, database, release: () => free.push(database) }
}

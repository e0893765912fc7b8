import { createClient, ErrorReply, RESP_TYPES } from '@redis/client'
import { messageOf } from '../../support/errors.ts'
import { type FailureKind, type Store, StoreFailure } from './store.ts'

/** Where a Redis is and how to reach it, always over TLS. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  /** Absent: no password is sent. */
  readonly password?: string | undefined
  /** A certificate to trust in addition to those of Node. */
  readonly ca?: string | undefined
}

/** The keys of a Redis that belong to a store: those of a database of its own, or those with a prefix. */
export interface Keyspace {
  /** Absent: 0, the only one in a cluster. */
  readonly database?: number
  readonly prefix: string
  /** Whether all keys are the store's and are removed when it is cleared or closed; otherwise others' keys stay. */
  readonly owned: boolean
  /** Real seconds after which a key expires; absent: never. */
  readonly expiry?: number
}

/** Real time limit for a command, so that nothing ever hangs; a store in a case takes far less. */
const BOUND_MS = 10_000
/** Most keys written in one command. */
const WRITE_STEP = 512
/** Keys that a scan looks at in one command. */
const SCAN_STEP = '1000'

/** A store in a Redis. It connects on first use; after a failed connection the next call connects again. */
export class RedisStore implements Store {
  readonly name: string
  readonly #address: RedisAddress
  readonly #keyspace: Keyspace
  readonly #boundMs: number
  #client: Promise<RawClient> | undefined

  /** `boundMs`: real milliseconds after which a call fails as `slow`. */
  constructor(address: RedisAddress, keyspace: Keyspace, boundMs: number = BOUND_MS) {
    this.name = `${address.host}:${address.port}`
    this.#address = address
    this.#keyspace = keyspace
    this.#boundMs = boundMs
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const value = await this.command<Buffer | null>('GET', this.#named(key))
    return value ?? undefined
  }

  async set(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<void> {
    for (let from = 0; from < entries.length; from += WRITE_STEP) {
      const part = entries.slice(from, from + WRITE_STEP)
      const pairs = part.flatMap(([key, value]) => [this.#named(key), Buffer.from(value)])
      await this.command('MSET', ...pairs)
      const { expiry } = this.#keyspace
      if (expiry === undefined) continue
      const expiring = part.map(([key]) => this.command('EXPIRE', this.#named(key), String(expiry)))
      await Promise.all(expiring)
    }
  }

  async clear(): Promise<void> {
    if (!this.#keyspace.owned) return
    if (this.#keyspace.database !== undefined) {
      await this.command('FLUSHDB')
      return
    }
    const pattern = `${this.#keyspace.prefix.replace(/[*?[\]\\]/g, '\\$&')}*`
    let cursor = '0'
    do {
      const [next, keys] = await this.command<[Buffer, Buffer[]]>(
        ...['SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_STEP],
      )
      if (keys.length > 0) await this.command('UNLINK', ...keys)
      cursor = String(next)
    } while (cursor !== '0')
  }

  async close(): Promise<void> {
    if (this.#client === undefined) return
    // An unreachable store cannot be cleared either; keys in others' stores expire.
    await this.clear().catch(() => undefined)
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    client?.destroy()
  }

  /** Sends any command, whose answer is in bytes; for measurements. Rejects with `StoreFailure`. */
  async command<T>(...args: readonly (string | Buffer)[]): Promise<T> {
    const answered = this.#connected().then((client) => client.sendCommand<T>(args))
    try {
      return await this.#bounded(answered)
    } catch (thrown) {
      const failure = failureOf(thrown, this.name)
      if (failure.kind === 'down' || failure.kind === 'slow') this.#drop()
      throw failure
    }
  }

  #named(key: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from(this.#keyspace.prefix, 'latin1'), key])
  }

  #connected(): Promise<RawClient> {
    this.#client ??= connect(this.#address, this.#keyspace.database ?? 0, this.#boundMs)
    return this.#client
  }

  /** Answers still to come no longer belong to any call. */
  #drop(): void {
    const client = this.#client
    this.#client = undefined
    client?.then(
      (open) => open.destroy(),
      () => undefined,
    )
  }

  async #bounded<T>(what: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `no answer in ${this.#boundMs} ms of real time`
      timer = setTimeout(() => reject(new StoreFailure('slow', message)), this.#boundMs)
    })
    try {
      return await Promise.race([what, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The part of the client that is used. */
interface RawClient {
  sendCommand<T>(args: readonly (string | Buffer)[]): Promise<T>
  destroy(): void
}

async function connect(address: RedisAddress, database: number, boundMs: number): Promise<RawClient> {
  const { host, port, password, ca } = address
  const client = createClient({
    RESP: 2,
    database,
    ...(password === undefined ? {} : { password }),
    disableClientInfo: true,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: {
      tls: true,
      host,
      port,
      connectTimeout: boundMs,
      reconnectStrategy: false,
      ...(ca === undefined ? {} : { ca }),
    },
  })
  // Every command reports its own failure; without a listener this event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  // A call in flight keeps the process alive by its timer; an idle connection must not.
  client.unref()
  return client
}

function failureOf(thrown: unknown, name: string): StoreFailure {
  if (thrown instanceof StoreFailure) return thrown
  return new StoreFailure(kindOf(thrown), `${name}: ${messageOf(thrown)}`, thrown)
}

function kindOf(thrown: unknown): FailureKind {
  if (!(thrown instanceof ErrorReply)) return 'down'
  const [code] = thrown.message.split(' ', 1)
  if (code === 'OOM') return 'full'
  return code === 'NOAUTH' || code === 'WRONGPASS' || code === 'NOPERM' ? 'unauthorised' : 'down'
}

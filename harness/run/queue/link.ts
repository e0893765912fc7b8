import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { asFlowbreakError, ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import type { QueueAddress } from './address.ts'
import { SCRIPTS, type ScriptName } from './scripts.ts'

type Argument = string | number | Buffer

/** Real time limit for the first connection. */
const FIRST_MS = 10_000
const WATCH_MS = 500
const RETRY_MS = 200
/** Pauses between attempts to reconnect: longer by `step` each time, up to `most`. */
const RECONNECT_MS = { step: 50, most: 1000 }
/** Temporary errors of Redis: it starts, is full, is busy, or is becoming another's replica. */
const FOR_NOW = /^(LOADING|OOM|BUSY|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|MISCONF)\b/
/**
 * Errors of the client or of Redis about a command that was under way when the connection broke, and that is not sent again, or only in
 * part: of a transaction that was cut in two, only the second half may have reached Redis.
 */
const CUT =
  /Connection is closed|connection close|ECONNRESET|EPIPE|isn't writeable|EXEC without MULTI|^EXECABORT|Pipeline cannot be used/
const REFUSED = /WRONGPASS|NOAUTH|NOPERM|invalid (username-)?password/i

/**
 * The connection to a Redis. Commands wait while it is unreachable; once it has been unreachable for longer than the address
 * allows, every command and `gone` fail with ERR_QUEUE_GONE, or ERR_QUEUE_FULL.
 */
export class Link {
  readonly address: QueueAddress
  readonly redis: Redis
  /** Aborted with the error, once the link is given up. */
  readonly gone: AbortSignal
  readonly #given = new AbortController()
  readonly #others: Redis[] = []
  /** Calls that wait for an answer. */
  readonly #waiting = new Set<() => void>()
  #watch: NodeJS.Timeout | undefined
  #problem = ''
  #isClosed = false

  private constructor(address: QueueAddress) {
    this.address = address
    this.gone = this.#given.signal
    this.redis = new Redis(optionsOf(address))
    this.#listen(this.redis)
  }

  /** Connects. Throws ERR_QUEUE_AUTH, ERR_QUEUE_TLS or ERR_QUEUE_GONE. */
  static async open(address: QueueAddress): Promise<Link> {
    const link = new Link(address)
    const limit = Math.min(address.gone * 1000, FIRST_MS)
    const timer = setTimeout(() => link.#giveUp(link.#away(limit / 1000)), limit)
    try {
      await link.ask(() => link.redis.ping())
    } catch (thrown) {
      link.close()
      throw thrown
    } finally {
      clearTimeout(timer)
    }
    link.#keepWatch()
    return link
  }

  /** A connection of its own, for blocking commands; closed together with this one. */
  another(): Redis {
    const other = this.redis.duplicate()
    this.#others.push(other)
    this.#listen(other)
    return other
  }

  /** Runs a script; texts in its answer are bytes. */
  run<T>(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<T> {
    const lua = SCRIPTS[name]
    const sha = createHash('sha1').update(lua).digest('hex')
    const rest = [keys.length, ...keys, ...args]
    return this.ask(async () => {
      try {
        return (await this.redis.callBuffer('EVALSHA', sha, ...rest)) as T
      } catch (thrown) {
        if (!messageOf(thrown).startsWith('NOSCRIPT')) throw thrown
        return (await this.redis.callBuffer('EVAL', lua, ...rest)) as T
      }
    })
  }

  /** Repeats the question until there is an answer, however often Redis is unreachable or full meanwhile. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    let full: number | undefined
    for (;;) {
      if (this.gone.aborted) throw this.gone.reason
      try {
        return await this.#unlessGone(question)
      } catch (thrown) {
        if (this.gone.aborted) throw this.gone.reason
        const message = answerOf(thrown)
        if (REFUSED.test(message)) throw this.#refused(message)
        if (!FOR_NOW.test(message) && (this.#isClosed || !CUT.test(message)))
          throw asFlowbreakError(thrown) ?? this.#failed(message)
        full ??= performance.now()
        if (performance.now() - full > this.address.gone * 1000) throw this.#failed(message)
      }
      await sleep(RETRY_MS)
    }
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#watch)
    // If the connection has already ended, the client would wait for its end once more.
    for (const redis of [this.redis, ...this.#others]) if (redis.status !== 'end') redis.disconnect()
  }

  /** The answer, or an error once the link is given up: a client that is closed while it waits to connect never answers. */
  async #unlessGone<T>(question: () => Promise<T>): Promise<T> {
    let give = (): void => undefined
    const given = new Promise<never>((_, reject) => {
      give = () => reject(this.gone.reason)
    })
    this.#waiting.add(give)
    try {
      return await Promise.race([question(), given])
    } finally {
      this.#waiting.delete(give)
    }
  }

  /** Asks for a sign of life, and gives up if there is none for too long: an open connection may lead nowhere. */
  #keepWatch(): void {
    let since: number | undefined
    this.#watch = setInterval(() => {
      if (since !== undefined) {
        if (performance.now() - since > this.address.gone * 1000) this.#giveUp(this.#away(this.address.gone))
        return
      }
      since = performance.now()
      this.redis.ping().then(
        () => {
          since = undefined
        },
        // It is loading, or refuses for now: it is there.
        () => {
          since = undefined
        },
      )
    }, WATCH_MS)
  }

  #listen(redis: Redis): void {
    redis.on('error', (error: NodeJS.ErrnoException) => {
      this.#problem = error.message === '' ? String(error.code) : error.message
      if (REFUSED.test(error.message)) this.#giveUp(this.#refused(error.message))
      else if (isUntrusted(error)) this.#giveUp(this.#untrusted(error.message))
    })
  }

  #giveUp(error: FlowbreakError): void {
    if (this.gone.aborted) return
    this.#given.abort(error)
    this.close()
    for (const give of this.#waiting) give()
  }

  #away(seconds: number): FlowbreakError {
    const why = this.#problem === '' ? '' : ` (${this.#problem})`
    // What a TLS server does with a greeting that is none, from the first one on.
    const isCutOff = this.#watch === undefined && this.#problem.includes('ECONNRESET')
    const perhaps = isCutOff && this.address.tls === undefined ? ' (or write rediss:// if it speaks TLS)' : ''
    return broken(
      'ERR_QUEUE_GONE',
      `Redis at ${this.address.name} could not be reached for ${seconds} s${why}: start it${perhaps}, and resume the run if there was one.`,
    )
  }

  #refused(message: string): FlowbreakError {
    return broken(
      'ERR_QUEUE_AUTH',
      `Redis at ${this.address.name} refuses the user or password (${message}): write them as in redis://user:\${PASSWORD}@host.`,
    )
  }

  #untrusted(message: string): FlowbreakError {
    return broken(
      'ERR_QUEUE_TLS',
      `The certificate of Redis at ${this.address.name} is not trusted (${message}): name one that is with ?ca=FILE, and the host as it has it.`,
    )
  }

  #failed(message: string): FlowbreakError {
    if (message.startsWith('OOM'))
      return broken(
        'ERR_QUEUE_FULL',
        `Redis at ${this.address.name} has no memory left for the run: raise its maxmemory, and resume the run.`,
      )
    return broken('ERR_QUEUE', `Redis at ${this.address.name} answers ${message}: see its log.`)
  }
}

function optionsOf({ host, port, database, username, password, tls }: QueueAddress) {
  return {
    host,
    port,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // Node does not accept an address as a server name.
    ...(tls === undefined ? {} : { tls: { ...tls } }),
    // BullMQ requires this.
    maxRetriesPerRequest: null,
    protocol: 2 as const,
    disableClientInfo: true,
    retryStrategy: (times: number) => Math.min(RECONNECT_MS.step * times, RECONNECT_MS.most),
  }
}

/** The error of Redis; for a discarded transaction, the error of the first refused command. */
function answerOf(thrown: unknown): string {
  const { previousErrors = [] } = thrown as { readonly previousErrors?: readonly Error[] }
  return messageOf(previousErrors[0] ?? thrown)
}

function isUntrusted({ code = '' }: NodeJS.ErrnoException): boolean {
  return /CERT|SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_/.test(code)
}

function broken(code: `ERR_${string}`, message: string): FlowbreakError {
  return new FlowbreakError(code, message, { exitCode: ExitCode.broken })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A Redis of a test's own, on a free port of the loopback, which keeps nothing on disk. */
export class TestRedis {
  readonly port: number
  readonly #folder: string
  readonly #args: readonly string[]
  readonly #options: object
  readonly #within: readonly string[]
  #server: ChildProcess | undefined

  private constructor(
    port: number,
    folder: string,
    args: readonly string[],
    options: object,
    within: readonly string[],
  ) {
    this.port = port
    this.#folder = folder
    this.#args = args
    this.#options = options
    this.#within = within
  }

  /**
   * `args`: further ones of the server, `PORT` standing for the port; `options`: how it is then reached; `within`: a command that it is run
   * by.
   */
  static async start(
    folder: string,
    args: readonly string[] = [],
    options: object = {},
    within: readonly string[] = [],
  ): Promise<TestRedis> {
    mkdirSync(folder, { recursive: true })
    const redis = new TestRedis(await freePort(), folder, args, options, within)
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    const usual = this.#args.includes('--tls-port') ? [] : ['--port', String(this.port)]
    const own = this.#args.map((arg) => arg.replace('PORT', String(this.port)))
    const args = [...usual, '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder, ...own]
    const [command = '', ...rest] = [...this.#within, 'redis-server', ...args]
    this.#server = spawn(command, rest, { stdio: 'ignore' })
    await this.ask((redis) => redis.ping())
  }

  /** Ends it at once; nothing that it held is there when it is started again. */
  async kill(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }

  /** Has it answer nobody for so many milliseconds, though connections stay. */
  async pause(ms: number): Promise<void> {
    this.#server?.kill('SIGSTOP')
    await sleep(ms)
    this.#server?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Asks it something, by a connection that is closed then. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({
      port: this.port,
      host: '127.0.0.1',
      maxRetriesPerRequest: 200,
      retryStrategy: () => 25,
      ...this.#options,
    })
    redis.on('error', () => undefined)
    try {
      return await question(redis)
    } finally {
      redis.disconnect()
    }
  }

  /** Keys that it holds, once they are as wanted, or after a while as they are. */
  async keys(
    isWanted: (keys: readonly string[]) => boolean = (keys) => keys.length === 0,
  ): Promise<readonly string[]> {
    return await this.ask(async (redis) => {
      for (let tries = 0; ; tries++) {
        const keys = await redis.keys('*')
        if (isWanted(keys) || tries > 400) return keys
        await sleep(50)
      }
    })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

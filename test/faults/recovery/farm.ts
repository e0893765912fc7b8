import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TestRedis } from '../../journeys/redis.ts'
import { Rig, type Running, type StartOptions, suiteOf } from './rig.ts'

const SLOW = fileURLToPath(new URL('../programs/slow.mjs', import.meta.url))
/** Seconds without a sign of life after which somebody is taken for dead. */
export const LOST = 2

/** A target that takes its time, for which processes of their own play. */
export const SLOW_CONFIG = `targets: { slow: { kind: module, module: '${SLOW}', shared: processes, wait: 10 } }\n`

export interface FarmOptions {
  readonly cases: number
  /** Where the others find Redis; absent: on the loopback. */
  readonly host?: string
  /** A command that Redis is run by, and further arguments of it. */
  readonly within?: readonly string[]
  readonly args?: readonly string[]
}

/** A run and workers that meet at a Redis, all of one test. */
export class Farm extends Rig implements AsyncDisposable {
  readonly #host: string
  readonly #workers: Running[] = []
  #redis: TestRedis | undefined

  private constructor({ cases, host = '127.0.0.1' }: FarmOptions) {
    super(suiteOf(cases, '{}'), { config: SLOW_CONFIG })
    this.#host = host
  }

  static async of(options: FarmOptions): Promise<Farm> {
    const farm = new Farm(options)
    const { args = [], within = [] } = options
    const socket = join(farm.folder, 'redis.sock')
    const server = [...args, '--unixsocket', socket]
    farm.#redis = await TestRedis.start(join(farm.folder, 'redis'), server, { path: socket }, within)
    return farm
  }

  get redis(): TestRedis {
    if (this.#redis === undefined) throw new Error('A farm has a Redis once it was made.')
    return this.#redis
  }

  /** `gone`: seconds that Redis may be away. */
  url(gone = 30): string {
    return `redis://${this.#host}:${this.redis.port}/?lost=${LOST}&wait=30&gone=${gone}`
  }

  worker(options: StartOptions = {}): Running {
    const args = ['--queue', this.url(), '--target', 'slow']
    const worker = this.start(args, { ...options, verb: 'worker' })
    this.#workers.push(worker)
    return worker
  }

  run(options: StartOptions = {}, url = this.url()): Running {
    const args = ['suite.yaml', '--target', 'slow', '--queue', url, '--output', 'runs', '--evidence', 'none']
    return this.start(args, options)
  }

  /** Goes on with the run, where it was, or with a Redis elsewhere. */
  override resume(options: StartOptions = {}): Running {
    return this.start(['--resume', this.log, '--queue', this.url()], options)
  }

  /** Ends workers, which are told to; what is then left, in Redis too. */
  override async left(): Promise<readonly string[]> {
    for (const { pid } of this.#workers) this.kill(pid, 'SIGTERM')
    const ended = await Promise.all(this.#workers.splice(0).map(({ ended }) => ended))
    const wrong = ended.filter(({ code, signal }) => code !== 0 && signal !== 'SIGKILL')
    const keys = await this.redis.keys()
    return [
      ...wrong.map(({ code, signal, told }) => `worker that ended with ${code ?? signal}: ${told}`),
      ...keys.map((key) => `key ${key}`),
      ...(await super.left()),
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.redis.stop()
    this[Symbol.dispose]()
  }
}

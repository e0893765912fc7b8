import { Worker } from 'node:worker_threads'

/** Seconds that one input may take: a thousand times what any does. */
const LIMIT = 20

/** Looks, beside the thread that plays, whether the number of the input goes on; ends the process, with the number, where it hangs. */
const BESIDE = `
const { parentPort, workerData } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const { beat, name, limit } = workerData
let last = -1
let since = Date.now()
setInterval(() => {
  const now = Atomics.load(beat, 0)
  if (now !== last) {
    last = now
    since = Date.now()
  } else if (Date.now() - since > limit * 1000) {
    writeSync(2, 'fuzz: ' + name + ': input ' + now + ' has taken ' + limit + ' s, and is not done\\n')
    process.kill(process.pid, 'SIGKILL')
  }
}, 500)
`

/** Ends this process when an input takes so long that it hangs: a loop without end cannot be ended by the thread that it is in. */
export class Watchdog implements AsyncDisposable {
  readonly #beat = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker

  constructor(name: string) {
    this.#worker = new Worker(BESIDE, {
      eval: true,
      execArgv: [],
      workerData: { beat: this.#beat, name, limit: LIMIT },
    })
    this.#worker.unref()
  }

  /** Says which input is played now. */
  at(input: number): void {
    Atomics.store(this.#beat, 0, input)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}

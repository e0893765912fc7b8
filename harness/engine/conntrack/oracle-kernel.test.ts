import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { ExceptionPolicy } from '../../model/setup.ts'

/** How a kernel is set up, and the engine beside it. */
export interface KernelSetup {
  readonly exception: ExceptionPolicy
  /** nf_conntrack_tcp_loose. */
  readonly loose: boolean
  /** Invalid packets are dropped before the policy is asked. */
  readonly dropsInvalid?: boolean
  /** Other values below net.netfilter, as time-outs. */
  readonly sysctls?: Readonly<Record<string, number>>
}

/** What is sent to a firewall: a frame on the client's side (0) or the server's (1), or a wait until so many seconds in. */
export type Sent = { readonly side: 0 | 1; readonly bytes: Uint8Array } | { readonly until: number }

/** The first bytes of a frame that came out on a side. */
export interface Seen {
  readonly side: number
  readonly bytes: Uint8Array
}

const WAIT = 2
const MOST_CASES = 65_536
const SCRIPT = new URL('./oracle-kernel.py', import.meta.url)

const LAST_RULE = {
  drop: '',
  reject: 'meta l4proto tcp reject with tcp reset',
  continue: 'accept',
} as const

function rulesOf({ exception, dropsInvalid }: KernelSetup): string {
  return `table inet firewall {
  chain passing {
    type filter hook forward priority 0; policy drop;
    ${dropsInvalid === true ? 'ct state invalid drop' : ''}
    ct state established,related accept
    meta l4proto tcp tcp flags & (syn | ack) == syn ct state new accept
    meta l4proto != tcp ct state new accept
    ${LAST_RULE[exception]}
  }
}
`
}

/** No entry expires by itself while frames are sent. */
const PATIENT = Object.fromEntries(
  [
    ...['syn_sent', 'syn_recv', 'fin_wait', 'close_wait', 'last_ack', 'time_wait', 'close'].map(
      (state) => `tcp_timeout_${state}`,
    ),
    'tcp_timeout_max_retrans',
    'tcp_timeout_unacknowledged',
    ...[
      'closed',
      'cookie_wait',
      'cookie_echoed',
      'established',
      ...['shutdown_sent', 'shutdown_recd', 'shutdown_ack_sent', 'heartbeat_sent'],
    ].map((state) => `sctp_timeout_${state}`),
    'udp_timeout',
    'gre_timeout',
    'icmp_timeout',
    'icmpv6_timeout',
  ].map((name) => [`nf_conntrack_${name}`, 3600]),
)

/** For `before`: without root there are no network namespaces, and nothing to hold the engine against. */
export function needsRoot(this: Mocha.Context): void {
  if (process.getuid?.() !== 0) this.skip()
}

/** A real Linux kernel as a firewall between two interfaces, in network namespaces that end with its process. */
export class Kernel implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #answers: Answers
  #complaints = ''
  #taken = 0

  private constructor(child: ChildProcess, output: Readable) {
    this.#process = child
    this.#answers = new Answers(output)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text
    })
  }

  /** Sets one up; needs root, nft, ip, nsenter, ethtool and python3. */
  static async open(setup: KernelSetup): Promise<Kernel> {
    const child = spawn('python3', [SCRIPT.pathname], { stdio: ['pipe', 'pipe', 'pipe'] })
    const kernel = new Kernel(child, child.stdout)
    const sysctls = {
      nf_conntrack_checksum: 0,
      nf_conntrack_tcp_loose: setup.loose ? 1 : 0,
      ...PATIENT,
      ...setup.sysctls,
    }
    child.stdin.write(`${JSON.stringify({ nft: rulesOf(setup), sysctls })}\n`)
    if ((await kernel.#line()) !== 'ready') throw new Error('the firewall answered something else than ready')
    return kernel
  }

  /** The first of so many numbers of cases that this kernel has not seen. */
  take(cases: number): number {
    const first = this.#taken
    this.#taken += cases
    if (this.#taken > MOST_CASES) throw new RangeError('one kernel has addresses for 65,536 cases')
    return first
  }

  /** Sends frames, in order; answers with what came out, in order by side. */
  async play(sent: readonly Sent[]): Promise<Seen[]> {
    const records = Buffer.concat(sent.flatMap(recordOf))
    this.#process.stdin?.write(`${records.length}\n`)
    this.#process.stdin?.write(records)
    const output = await this.#answers.bytes(Number(await this.#line()))
    const seen: Seen[] = []
    for (let at = 0; at < output.length; ) {
      const length = output.readUInt16BE(at + 1)
      seen.push({ side: output[at] ?? 0, bytes: output.subarray(at + 3, at + 3 + length) })
      at += 3 + length
    }
    return seen
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end()
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
  }

  async #line(): Promise<string> {
    const line = await this.#answers.line()
    if (line === undefined) throw new Error(`the firewall's process ended: ${this.#complaints}`)
    return line
  }
}

function recordOf(step: Sent): Buffer[] {
  const head = Buffer.alloc(3)
  if ('until' in step) {
    const time = Buffer.alloc(8)
    time.writeDoubleBE(step.until)
    head.writeUInt8(WAIT, 0)
    head.writeUInt16BE(8, 1)
    return [head, time]
  }
  head.writeUInt8(step.side, 0)
  head.writeUInt16BE(step.bytes.length, 1)
  return [head, Buffer.from(step.bytes)]
}

/** Lines and counted bytes of a stream. */
class Answers {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** The next line; undefined at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(10)
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      if (!(await this.#more())) return undefined
    }
  }

  async bytes(count: number): Promise<Buffer> {
    const chunks = [this.#rest]
    for (let there = this.#rest.length; there < count; there += this.#rest.length) {
      this.#rest = Buffer.alloc(0)
      if (!(await this.#more())) throw new Error('the firewall stopped in the middle of an answer')
      chunks.push(this.#rest)
    }
    const all = Buffer.concat(chunks)
    this.#rest = all.subarray(count)
    return all.subarray(0, count)
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#rest = Buffer.concat([this.#rest, value])
    return true
  }
}

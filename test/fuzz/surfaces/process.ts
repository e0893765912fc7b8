import { PacketBatch } from '../../../harness/model/batch.ts'
import { Knowledge, Link, Reason, Verdict } from '../../../harness/model/codes.ts'
import type { Timeline } from '../../../harness/model/timeline.ts'
import { ExitCode, FlowbreakError } from '../../../harness/support/errors.ts'
import { introduce } from '../../../harness/target/process/hello.ts'
import { LineSplitter } from '../../../harness/target/process/lines.ts'
import type { Program } from '../../../harness/target/process/program.ts'
import { ProcessSession } from '../../../harness/target/process/session.ts'
import { ethernet, icmp, ipv4, tcp } from '../../../harness/wire/example-frames.test.ts'
import { Protocol } from '../../../harness/wire/numbers.ts'
import { smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import type { Random } from '../kit/random.ts'
import { damageText } from '../kit/text.ts'
import { demand, errorProblem } from '../kit/told.ts'
import { damageTree, type Tree, wordsOf } from '../kit/tree.ts'

const PACKETS = 3
const HOSTS = ['fw-a', 'fw-b']
const RESET = Buffer.from(ethernet(ipv4(Protocol.tcp, tcp({ flags: 4 }))).bytes).toString('base64')
const ICMP = Buffer.from(ethernet(ipv4(Protocol.icmp, icmp(3, 1, new Uint8Array(28)))).bytes).toString(
  'base64',
)
const CODES = ['ERR_TARGET_ANSWER', 'ERR_TARGET_REFUSED', 'ERR_TARGET_VERSION']

/** What a program answers when nothing is wrong, in the order that it is asked. */
const ANSWERS: readonly Tree[] = [
  {
    type: 'hello',
    protocol: 1,
    name: 'fw',
    version: '3',
    knowledge: 'log',
    capabilities: {
      clock: 'virtual',
      reactive: false,
      hosts: 2,
      families: ['ipv4', 'ipv6'],
      policies: ['drop', 'reject', 'continue'],
      sharing: ['none'],
      events: ['drain', 'crash'],
      observes: ['verdict', 'reason', 'emitted', 'parts'],
      folding: 'one',
      profiles: 'any',
      features: [],
      clockScale: 1,
    },
  },
  { type: 'replay' },
  {
    type: 'steps',
    observations: [
      { packet: 1, verdict: 'forward', by: 'fw-a', known: 'log' },
      {
        packet: 2,
        verdict: 'reject',
        reason: 'stream midstream',
        emitted: [
          { to: 'sender', frame: RESET },
          { to: 'receiver', frame: ICMP, by: 'fw-b' },
        ],
        parts: [{ host: 'fw-b', part: 'director' }],
      },
      { packet: 3, verdict: 'drop', known: 'wire', parts: [] },
    ],
    emitted: [{ to: 'client', frame: RESET, by: 'fw-a', flow: 0, time: 2.5 }],
  },
  { type: 'end' },
  { type: 'counters', counters: [{ DroppedPackets: 1 }, {}] },
]
const WORDS = [...wordsOf(ANSWERS), 'error', 'self']

/** What a program writes, cut into the pieces in which a pipe gives it. */
export interface Written {
  readonly bytes: Uint8Array
  readonly piece: number
}

/** The `process` protocol, without a process: lines are put together from pieces, and answers taken in a session. */
export function processSurface(): Surface<Written> {
  const packets = packetsOf()
  return {
    name: 'process',
    make(random) {
      const broken = random.below(ANSWERS.length + 4)
      const lines = ANSWERS.map((answer, at) =>
        lineOf(random, answer, at === broken || (at === 2 && broken > ANSWERS.length)),
      )
      const piece = random.pick([11, 100, 5000]) + random.below(5)
      return { bytes: new TextEncoder().encode(`${lines.join('\n')}\n`), piece }
    },
    async check({ bytes, piece }) {
      const program = new Scripted(linesOf(bytes, piece))
      try {
        const hello = await introduce(program as unknown as Program, 'test', 1000)
        for (const text of [hello.name, hello.version])
          demand(!/\p{Cc}/u.test(text), `it is called ${JSON.stringify(text)}`)
        const session = new ProcessSession(program as unknown as Program, hello, HOSTS, 1000)
        const { signal } = new AbortController()
        load(packets)
        for await (const { packets: seen, by, knowledge } of session.replay(timelineOf(packets), signal))
          demandObserved(seen, by, knowledge)
        for (const counters of await session.counters())
          for (const count of Object.values(counters))
            demand(typeof count === 'number', `a count of ${count}`)
        return true
      } catch (thrown) {
        const problem = errorProblem(thrown, CODES)
        demand(problem === undefined, problem ?? '')
        return false
      }
    },
    *smaller(input) {
      for (const bytes of smallerBytes(input.bytes)) yield { ...input, bytes }
    },
    show: ({ bytes }) => JSON.stringify(Buffer.from(bytes).toString()),
  }
}

function lineOf(random: Random, answer: Tree, broken: boolean): string {
  if (!broken) return JSON.stringify(answer)
  if (random.oneIn(6)) return damageText(random, JSON.stringify(answer), WORDS)
  return JSON.stringify(damageTree(random, answer, WORDS))
}

function linesOf(bytes: Uint8Array, piece: number): readonly string[] {
  const splitter = new LineSplitter(1 << 16)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += piece) {
    const whole = splitter.push(Buffer.from(bytes.subarray(at, at + piece)))
    if (whole === undefined) break
    lines.push(...whole)
  }
  return lines
}

/** What a session needs of a program: it answers with the next line, and refuses as one does. */
class Scripted {
  readonly #lines: readonly string[]
  #next = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  async ask(): Promise<string> {
    const line = this.#lines[this.#next++]
    return line ?? this.refuse('gave no answer')
  }

  refuse(what: string, code: `ERR_${string}` = 'ERR_TARGET_ANSWER'): never {
    throw new FlowbreakError(code, `Target fw: the program fw ${what}.`, { exitCode: ExitCode.broken })
  }
}

function packetsOf(): PacketBatch {
  const { bytes } = ethernet(ipv4(Protocol.tcp, tcp({}, 4)))
  const packets = new PacketBatch(PACKETS, bytes.length)
  packets.bytes.set(bytes)
  packets.captured.fill(bytes.length)
  packets.original.fill(bytes.length)
  packets.link.fill(Link.ethernet)
  packets.number.set([1, 2, 3])
  packets.time.set([0, 1e9, 2e9])
  return packets
}

function load(packets: PacketBatch): void {
  packets.clear()
  packets.count = PACKETS
  packets.host.set([0, 0, 1])
  packets.verdict.fill(Verdict.undecided)
  packets.reason.fill(Reason.none)
}

function timelineOf(packets: PacketBatch): Timeline {
  const chunks = (async function* () {
    yield { packets, events: [] }
  })()
  return { epoch: 0n, chunks } as unknown as Timeline
}

const VERDICTS: readonly number[] = Object.values(Verdict)
const REASONS: readonly number[] = Object.values(Reason)

/** What was taken is of the words that there are, about packets and hosts that there are. */
function demandObserved(packets: PacketBatch, by: Uint8Array, knowledge: Uint8Array): void {
  for (let i = 0; i < PACKETS; i++) {
    demand(VERDICTS.includes(packets.verdict[i] ?? -1), `verdict ${packets.verdict[i]}`)
    demand(REASONS.includes(packets.reason[i] ?? -1), `reason ${packets.reason[i]}`)
    demand((by[i] ?? 9) < HOSTS.length, `by host ${by[i]}`)
    demand((knowledge[i] ?? 9) <= Knowledge.wire, `knowledge ${knowledge[i]}`)
  }
  for (const { cause, by: host, at, frame, flow, seq, ack } of packets.emitted) {
    demand(cause >= -1 && cause < PACKETS && host < HOSTS.length, `emitted by ${host} because of ${cause}`)
    demand(Number.isFinite(at), `emitted at ${at}`)
    demand(frame.length > 0 && seq >= 0 && ack >= 0, 'emitted nothing')
    demand(cause >= 0 || (Number.isInteger(flow) && Number(flow) >= 0), `emitted about flow ${flow}`)
  }
  for (const { host, part } of packets.parts)
    demand(host < HOSTS.length && !/\p{Cc}/u.test(part), `a part ${part} of ${host}`)
}

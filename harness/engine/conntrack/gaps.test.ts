import { expect } from 'chai'
import type { ConversationFrame } from '../conversations/conversation.test.ts'
import { makeConversations } from '../conversations/generate.test.ts'
import { dice, pick } from '../conversations/random.test.ts'
import { packet } from '../example-engine.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { type Comparison, compare, type PlayOptions } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'
import { OTHER_SECONDS, otherSilences } from './silences.test.ts'

/** Time-outs of a few seconds, all even, and silences of odd numbers of seconds: a real clock tells them apart. */
const SECONDS = {
  tcpNew: ['tcp_timeout_syn_sent', 4],
  tcpSynReceived: ['tcp_timeout_syn_recv', 2],
  tcpEstablished: ['tcp_timeout_established', 6],
  tcpFinWait: ['tcp_timeout_fin_wait', 4],
  tcpCloseWait: ['tcp_timeout_close_wait', 2],
  tcpLastAck: ['tcp_timeout_last_ack', 2],
  tcpTimeWait: ['tcp_timeout_time_wait', 4],
  tcpClosed: ['tcp_timeout_close', 2],
  tcpRetransmitting: ['tcp_timeout_max_retrans', 4],
  tcpUnacknowledged: ['tcp_timeout_unacknowledged', 2],
  udpNew: ['udp_timeout', 4],
  udpEstablished: ['udp_timeout_stream', 6],
  icmpNew: ['icmp_timeout', 2],
  other: ['generic_timeout', 4],
  ...OTHER_SECONDS,
} as const

const SETUP: KernelSetup = {
  exception: 'drop',
  loose: false,
  sysctls: {
    ...Object.fromEntries(Object.values(SECONDS).map(([name, value]) => [`nf_conntrack_${name}`, value])),
    nf_conntrack_icmpv6_timeout: 2,
  },
}
const PLAY: PlayOptions = {
  inTime: true,
  knobs: Object.fromEntries(Object.entries(SECONDS).map(([knob, [, value]]) => [knob, value])),
}
const LOOSE: KernelSetup = { ...SETUP, exception: 'continue', loose: true, dropsInvalid: true }

const OPEN = ['> S 0', '< SA 0 1', '> A 1 1'] as const
/** What leads to a state, the time-out there, and what passes only as long as the entry lives. */
const STATES: readonly (readonly [before: readonly string[], timeout: number, probe: string])[] = [
  [['> S 0'], 4, '< SA 0 1'],
  [['> S 0', '< SA 0 1'], 2, '> A 1 1'],
  [OPEN, 6, '< A 1 1'],
  [[...OPEN, '> PA 1 1 len=5'], 2, '< A 1 6'],
  [[...OPEN, '> PA 1 1 len=5', '< A 1 6'], 6, '> A 6 1'],
  [[...OPEN, '< A 1 1 win=0'], 4, '> A 1 1'],
  [[...OPEN, '> A 1 1', '> A 1 1', '> A 1 1'], 4, '< A 1 1'],
  [[...OPEN, '> A 1 1', '> A 1 1'], 6, '< A 1 1'],
  [[...OPEN, '> FA 1 1', '< A 1 2'], 2, '< A 1 2'],
  [[...OPEN, '> FA 1 1', '< FA 1 2'], 2, '> A 2 2'],
  [[...OPEN, '> FA 1 1', '< FA 1 2', '> A 2 2'], 4, '> A 2 2'],
  [[...OPEN, '> R 1'], 2, '> A 1 1'],
  [[...OPEN, '> R 3'], 2, '> A 1 1'],
  [[...OPEN, '> R 70000'], 6, '> A 1 1'],
]

function frame(line: string, at: number) {
  return { time: at * 1e9, bytes: packet(line).bytes }
}

function stateCases(): OracleCase[] {
  return STATES.flatMap(([before, timeout, probe]) =>
    [timeout - 1, timeout + 1].map((gap) => ({
      name: `${before.join(', ')}, ${gap} s, ${probe}`,
      frames: [...before.map((line) => frame(line, 0)), frame(probe, gap)],
    })),
  )
}

/** An ICMP error of the server about a packet of the client: it passes only while there is an entry to which it is related. */
function errorAbout(quoted: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(14 + 20 + 8 + 28)
  bytes.set(quoted.subarray(0, 34))
  bytes.set([0, 56], 16)
  bytes[23] = 1
  bytes.set(quoted.subarray(30, 34), 26)
  bytes.set(quoted.subarray(26, 30), 30)
  bytes.set([3, 1], 34)
  bytes.set(quoted.subarray(14, 42), 42)
  return bytes
}

/** The first datagram of another protocol. */
function otherProtocol(): Uint8Array {
  const bytes = packet('> UDP').bytes
  bytes[23] = 99
  return bytes
}

function otherCases(): OracleCase[] {
  const udp = packet('> UDP').bytes
  const generic = otherProtocol()
  const about = (name: string, before: OracleCase['frames'], quoted: Uint8Array, at: number) => ({
    name: `${name}, ICMP error at ${at} s`,
    frames: [...before, { time: at * 1e9, bytes: errorAbout(quoted) }],
  })
  const both = [frame('> UDP', 0), frame('< UDP', 0)]
  return [3, 5].flatMap((gap) => [
    about('UDP', [frame('> UDP', 0)], udp, gap),
    about('UDP both ways', both, udp, gap),
    about('UDP both ways, early', [...both, frame('> UDP', 1)], udp, 1 + gap),
    about('UDP stream', [...both, frame('> UDP', 3)], udp, 3 + gap),
    about('other protocol', [{ time: 0, bytes: generic }], generic, gap),
    { name: `answered at ${gap - 2} s`, frames: [frame('> PING', 0), frame('< PONG', gap - 2)] },
  ])
}

/** Random conversations without a pause but one, somewhere. */
function randomCases(seed: number, count: number): OracleCase[] {
  const roll = dice(seed)
  return makeConversations(seed, count).map(({ index, frames }) => {
    const at = roll(frames.length)
    const gap = pick(roll, [1, 3, 5]) * 1e9
    const paused = frames.map(({ bytes }: ConversationFrame, n) => ({ bytes, time: n < at ? 0 : gap }))
    return {
      name: `conversation ${index} of seed ${seed}, ${gap / 1e9} s before packet ${at + 1}`,
      frames: paused,
    }
  })
}

/** On a real clock a loaded machine may be late: what differs is played again by itself, and differs only if it does so then too. */
async function settled(
  kernel: Kernel,
  setup: KernelSetup,
  cases: readonly OracleCase[],
): Promise<Comparison> {
  const found = await compare(kernel, setup, cases, PLAY)
  if (found.differences.length === 0) return found
  const doubtful = cases.filter((_, index) => found.differences.some(({ owner }) => owner === index))
  const { differences } = await compare(kernel, setup, doubtful, PLAY)
  return { ...found, differences }
}

describe('conntrack against the Linux kernel: silences', function () {
  this.timeout(180_000)
  before(needsRoot)
  const seed = Number(process.env.FLOWBREAK_SEED ?? 20261127)
  const cases = [...stateCases(), ...otherCases(), ...randomCases(seed, 250), ...otherSilences(seed)]
  it(`keeps entries as long as Linux does, in ${cases.length} cases, seed ${seed}`, async () => {
    const found = await Promise.all(
      [SETUP, LOOSE].map(async (setup) => {
        await using kernel = await Kernel.open(setup)
        return await settled(kernel, setup, cases)
      }),
    )
    for (const { packets, agreed } of found)
      console.info(`      ${packets} packets, agreed: ${JSON.stringify(agreed)}`)
    expect(found.flatMap(({ differences }) => differences.map(({ text }) => text))).to.deep.equal([])
  })
})

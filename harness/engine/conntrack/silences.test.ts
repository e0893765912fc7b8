import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Chunk } from '../../wire/sctp.ts'
import { endsOf, frameOf } from '../conversations/frames.test.ts'
import { dice, pick } from '../conversations/random.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { ENDS, rawFrame, said } from './sctp-said.test.ts'
import { SctpTalk } from './sctp-talks.test.ts'

/** Time-outs of a few seconds of SCTP and GRE, all even, by knob: a sysctl and its seconds. */
export const OTHER_SECONDS = {
  greNew: ['gre_timeout', 2],
  greEstablished: ['gre_timeout_stream', 4],
  sctpClosed: ['sctp_timeout_closed', 4],
  sctpCookieWait: ['sctp_timeout_cookie_wait', 2],
  sctpCookieEchoed: ['sctp_timeout_cookie_echoed', 4],
  sctpEstablished: ['sctp_timeout_established', 6],
  sctpShutdownSent: ['sctp_timeout_shutdown_sent', 2],
  sctpShutdownReceived: ['sctp_timeout_shutdown_recd', 4],
  sctpShutdownAckSent: ['sctp_timeout_shutdown_ack_sent', 2],
  sctpHeartbeatSent: ['sctp_timeout_heartbeat_sent', 4],
} as const

/** A side and what it says. */
type Word = readonly [side: 0 | 1, chunk: number]
const INIT: Word = [0, Chunk.init]
const ANSWERED = [INIT, [1, Chunk.initAck]] as const satisfies readonly Word[]
const ECHOED = [...ANSWERED, [0, Chunk.cookieEcho]] as const satisfies readonly Word[]
const OPEN = [...ECHOED, [1, Chunk.cookieAck]] as const satisfies readonly Word[]
/** What leads to a state, the time-out there, and what passes only as long as the entry lives. */
const STATES: readonly (readonly [before: readonly Word[], timeout: number, probe: Word])[] = [
  [[INIT], 4, [1, Chunk.initAck]],
  [ANSWERED, 2, [0, Chunk.cookieEcho]],
  [ECHOED, 4, [1, Chunk.cookieAck]],
  [OPEN, 6, [0, Chunk.data]],
  [[...OPEN, [0, Chunk.heartbeat]], 6, [0, Chunk.data]],
  [[...OPEN, [0, Chunk.abort]], 4, [0, Chunk.data]],
  [[...OPEN, [0, Chunk.shutdown]], 2, [1, Chunk.data]],
  [[...OPEN, [1, Chunk.shutdown]], 4, [1, Chunk.data]],
  [[...OPEN, [0, Chunk.shutdown], [1, Chunk.shutdownAck]], 2, [0, Chunk.data]],
  [[...OPEN, [1, Chunk.shutdown], [0, Chunk.shutdownAck], [1, Chunk.shutdownComplete]], 4, [0, Chunk.data]],
  [[[0, Chunk.heartbeat]], 4, [0, Chunk.data]],
  [[[0, Chunk.heartbeatAck]], 4, [0, Chunk.data]],
  [[[0, Chunk.shutdownAck]], 2, [1, Chunk.data]],
  [
    [
      [0, Chunk.heartbeat],
      [1, Chunk.heartbeatAck],
    ],
    6,
    [1, Chunk.data],
  ],
]
function frameSaid([side, chunk]: Word): Uint8Array {
  return said({ side, chunk }).bytes
}

function stateCases(): OracleCase[] {
  return STATES.flatMap(([before, timeout, probe]) =>
    [timeout - 1, timeout + 1].map((gap) => ({
      name: `SCTP ${before.join(' ')}, ${gap} s, ${probe}`,
      frames: [
        ...before.map((each) => ({ time: 0, bytes: frameSaid(each) })),
        { time: gap * 1e9, bytes: frameSaid(probe) },
      ],
    })),
  )
}

/** What is let through, and does not keep the entry: an INIT sent again, and a HEARTBEAT with another tag. */
function idleCases(): OracleCase[] {
  const doubted = said({ side: 0, chunk: Chunk.heartbeat, tag: 7 }).bytes
  const cases = [
    {
      name: 'SCTP INIT again',
      before: [INIT],
      again: frameSaid(INIT),
      at: 3,
      probe: frameSaid([1, Chunk.initAck]),
    },
    {
      name: 'SCTP doubtful HEARTBEAT',
      before: OPEN,
      again: doubted,
      at: 5,
      probe: frameSaid([0, Chunk.data]),
    },
  ]
  return cases.map(({ name, before, again, at, probe }) => ({
    name,
    frames: [
      ...before.map((each) => ({ time: 0, bytes: frameSaid(each) })),
      { time: at * 1e9, bytes: again },
      { time: (at + 2) * 1e9, bytes: probe },
    ],
  }))
}

/** An ICMP error of its receiver about a packet. */
function errorAbout(bytes: Uint8Array, toServer: boolean): Uint8Array {
  const quote = bytes.subarray(14, 14 + 28)
  const segment = new Uint8Array(8 + quote.length)
  emitIcmp({ type: 3, code: 1, rest: 0 }, segment, 0)
  segment.set(quote, 8)
  return frameOf(ENDS, !toServer, Protocol.icmp, segment)
}

const UDP_LITE = [
  [0x0b, 0xb8, 0x0f, 0xa0, 0, 8, 1, 1],
  [0x0f, 0xa0, 0x0b, 0xb8, 0, 8, 1, 1],
] as const
const GRE = [0, 0, 8, 0, 0, 0, 0, 0] as const
/** Version 1, a call of its own in each direction. */
const CALL = [0x30, 1, 0x88, 0x0b, 0, 0, 0, 7] as const

function datagramCases(): OracleCase[] {
  const kinds = [
    ['UDP-Lite', Protocol.udpLite, UDP_LITE],
    ['GRE', Protocol.gre, [GRE, GRE]],
    ['GRE call', Protocol.gre, [CALL, CALL]],
  ] as const
  return kinds.flatMap(([name, protocol, [there, back]]) => {
    const one = rawFrame(protocol, true, Uint8Array.from(there))
    const other = rawFrame(protocol, false, Uint8Array.from(back))
    const about = (before: readonly Uint8Array[], gap: number) => ({
      name: `${name}, ${before.length} before, ICMP error at ${gap} s`,
      frames: [
        ...before.map((bytes) => ({ time: 0, bytes })),
        { time: gap * 1e9, bytes: errorAbout(one, true) },
      ],
    })
    return [1, 3, 5, 7].flatMap((gap) => [
      about([one], gap),
      about([one, other], gap),
      about([one, other, one], gap),
    ])
  })
}

/** Random associations without a pause but one, somewhere. */
function randomCases(seed: number, count: number): OracleCase[] {
  return Array.from({ length: count }, (_, n) => {
    const roll = dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b))
    const talk = new SctpTalk(roll, endsOf(n, false))
    for (let more = roll(6); more > 0; more--) talk.step()
    const at = roll(talk.frames.length + 1)
    const gap = pick(roll, [1, 3, 5]) * 1e9
    return {
      name: `association ${n} of seed ${seed}, ${gap / 1e9} s before packet ${at + 1}`,
      frames: talk.frames.map(({ bytes }, index) => ({ bytes, time: index < at ? 0 : gap })),
    }
  })
}

/** Cases that tell how long entries of SCTP, UDP-Lite (as long as UDP's) and GRE live. */
export function otherSilences(seed: number): OracleCase[] {
  return [...stateCases(), ...idleCases(), ...datagramCases(), ...randomCases(seed, 400)]
}

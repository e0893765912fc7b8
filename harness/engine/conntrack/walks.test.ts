import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitTcp } from '../../wire/tcp.ts'
import { emitTcpOptions } from '../../wire/tcp-options.ts'
import { type Ends, endsOf, frameOf } from '../conversations/frames.test.ts'
import { chance, dice, pick, type Roll } from '../conversations/random.test.ts'
import { compare, type PlayOptions } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8400)
const COUNT = process.env.FLOWBREAK_FULL === '1' ? 20_000 : 800
const SHOWN = 5

const SETUPS: readonly (readonly [name: string, setup: KernelSetup, options: PlayOptions])[] = [
  ['reject, strict', { exception: 'reject', loose: false }, {}],
  ['continue, loose, invalid dropped', { exception: 'continue', loose: true, dropsInvalid: true }, {}],
  [
    'reject, loose, liberal, invalid resets ignored',
    {
      exception: 'reject',
      loose: true,
      sysctls: { nf_conntrack_tcp_be_liberal: 1, nf_conntrack_tcp_ignore_invalid_rst: 1 },
    },
    { knobs: { windowCheck: 'liberal', ignoreInvalidReset: true } },
  ],
]

const FLAGS = [
  Tcp.syn,
  Tcp.syn | Tcp.ack,
  Tcp.ack,
  Tcp.ack,
  Tcp.ack | Tcp.psh,
  Tcp.ack | Tcp.psh,
  Tcp.fin | Tcp.ack,
  Tcp.rst,
  Tcp.rst | Tcp.ack,
] as const
/** How far off what its sender should say a number is. */
const OFF = [0, 0, 0, 0, 1, -1, 10, -10, 100, 70_000, -70_000, 1 << 20, 0x7fff_ffff, 0x8000_0000] as const
const WINDOWS = [0, 1, 10, 1000, 65_535] as const
/** More than 14 counts as 14. */
const SCALES = [0, 1, 7, 13, 14, 15, 255] as const

interface Step {
  readonly bytes: Uint8Array
  readonly line: string
}

/** Segments that follow no protocol, though their numbers are near those that one would have. */
class Walk {
  readonly steps: Step[] = []
  readonly #roll: Roll
  readonly #ends: Ends
  /** By side, client first: the number behind all that it sent. */
  readonly #next: [number, number]

  constructor(roll: Roll, ends: Ends) {
    this.#roll = roll
    this.#ends = ends
    this.#next = [roll(2 ** 32), chance(roll, 10) ? 0 : roll(2 ** 32)]
  }

  step(): void {
    const roll = this.#roll
    const toServer = chance(roll, 50)
    const [own, peer] = toServer ? ([0, 1] as const) : ([1, 0] as const)
    const flags = this.steps.length < 3 && chance(roll, 60) ? this.#opening(toServer) : pick(roll, FLAGS)
    const seq = chance(roll, 3) ? 0 : (this.#next[own] + pick(roll, OFF)) >>> 0
    const ack = (flags & Tcp.ack) === 0 && chance(roll, 90) ? 0 : (this.#next[peer] + pick(roll, OFF)) >>> 0
    const length = chance(roll, 40) ? pick(roll, [1, 10, 1000]) : 0
    const options = this.#options(flags, ack)
    const segment = new Uint8Array(20 + options.length + length)
    const [sourcePort, destinationPort] = toServer ? [3000, 4000] : [4000, 3000]
    const window = pick(roll, WINDOWS)
    emitTcp(
      { sourcePort, destinationPort, seq, ack, flags, window, urgent: 0, reserved: 0, options },
      segment,
      0,
    )
    const taken = length + (flags & Tcp.syn ? 1 : 0) + (flags & Tcp.fin ? 1 : 0)
    const end = (seq + taken) >>> 0
    const text = `${toServer ? '>' : '<'} flags=${flags} seq=${(seq - this.#next[own]) | 0} ack=${(ack - this.#next[peer]) | 0} len=${length} win=${window} options=${Buffer.from(options).toString('hex')}`
    if (chance(roll, 80) && (flags & Tcp.rst) === 0) this.#next[own] = end
    this.steps.push({ bytes: frameOf(this.#ends, toServer, Protocol.tcp, segment), line: text })
  }

  #opening(toServer: boolean): number {
    if (this.steps.length === 0) return Tcp.syn
    return this.steps.length === 1 && !toServer ? Tcp.syn | Tcp.ack : Tcp.ack
  }

  #options(flags: number, ack: number): Uint8Array {
    const roll = this.#roll
    if (chance(roll, 30)) return new Uint8Array(0)
    if ((flags & Tcp.syn) !== 0)
      return emitTcpOptions({
        ...(chance(roll, 60) ? { sackPermitted: true as const } : {}),
        ...(chance(roll, 60) ? { windowScale: pick(roll, SCALES) } : {}),
        ...(chance(roll, 20) ? { timestamps: { value: 1, echo: 2 } } : {}),
      })
    if (chance(roll, 60)) return new Uint8Array(0)
    const from = (ack + pick(roll, [0, 1, 10, 1000])) >>> 0
    return emitTcpOptions({ sack: [[from, (from + pick(roll, [0, 10, 1000, 100_000])) >>> 0]] })
  }
}

describe('conntrack against the Linux kernel: random walks', function () {
  this.timeout(process.env.FLOWBREAK_FULL === '1' ? 3_600_000 : 180_000)
  before(needsRoot)
  const walks = Array.from({ length: COUNT }, (_, n) => {
    const roll = dice(Math.imul(SEED, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b))
    const walk = new Walk(roll, endsOf(n, chance(roll, 30)))
    for (let more = 4 + roll(14); more > 0; more--) walk.step()
    return walk.steps
  })
  const cases = walks.map((steps, n) => ({
    name: `walk ${n} of seed ${SEED}`,
    frames: steps.map(({ bytes }, time) => ({ time, bytes })),
  }))
  for (const [name, setup, options] of SETUPS)
    it(`${COUNT} of seed ${SEED}: ${name}`, async () => {
      await using kernel = await Kernel.open(setup)
      const { agreed, differences } = await compare(kernel, setup, cases, options)
      console.info(`      agreed: ${JSON.stringify(agreed)}`)
      const texts = differences.map(({ owner, index, text }) =>
        [
          text,
          ...(walks[owner] ?? []).slice(0, index < 0 ? undefined : index + 1).map(({ line }) => line),
        ].join('\n  '),
      )
      expect(texts.length, texts.slice(0, SHOWN).join('\n')).to.equal(0)
    })
})

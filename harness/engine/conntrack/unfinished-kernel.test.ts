import { expect } from 'chai'
import { newFragment, oddBytes, readFragment } from '../../flow/fragment.ts'
import { FlowTable } from '../../flow/table.ts'
import { NANOS_PER_SECOND, type PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Verdict } from '../../model/codes.ts'
import { PLAIN_READING } from '../../model/reading.ts'
import { getProfile } from '../../profile/index.ts'
import { fragmentReadingOf } from '../../profile/reading.ts'
import { putU16 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { ethernet, join8 } from '../../wire/example-frames.test.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6 } from '../../wire/ip.ts'
import { findFragmentHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import { isReassemblyTimeout } from '../../wire/time-exceeded.ts'
import { dice } from '../conversations/random.test.ts'
import { Engine } from '../engine.ts'
import { changed } from '../example-engine.test.ts'
import { cut, headerOf, type Part } from '../example-fragments.test.ts'
import { batchOf, type OracleCase } from '../oracle-cases.test.ts'
import { datagram } from '../oracle-datagrams.test.ts'
import { type LabFrame, labFrames, readTag } from './oracle-frames.test.ts'
import { Kernel, type KernelSetup, needsRoot, type Seen } from './oracle-kernel.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8200)
const CASES = 400
/** Seconds that the kernel waits for the rest of a datagram, and by which share of it its timer may come late, and more. */
const TIMEOUT = 2
const LATE = 1.4
/** First bytes of a frame that are compared: the oracle gives 128. */
const KEPT = 120
const IP = 14
const LINES = [
  '> PA 1 1 len=44',
  '< PA 1 1 len=100',
  '> S 0 len=60',
  '> S 0 scale=7 ts=1/0 len=40',
  '> UDP',
  '< UDP',
  '> PING',
]
/** Put behind what is short. */
const BEHIND = new Uint8Array(40)
/** Protocols other than those of the lines: one that nobody knows (RFC 3692), and some of which these are no valid packets. */
const OTHERS = [253, Protocol.sctp, Protocol.udpLite] as const

type Roll = (sides: number) => number

/** Parts of a datagram, whole or not, in any order, some of which come twice, or overlap another; the first may not hold its headers. */
function parts(length: number, six: boolean, roll: Roll): Part[] {
  const blocks = Math.ceil(length / 8)
  const found: Part[] = []
  for (let from = 0; from < blocks; ) {
    const to = from + 1 + roll(4)
    found.push({ from: from * 8, to: Math.min(to * 8, length), more: to < blocks })
    from = to
  }
  if (roll(4) > 0) found.splice(roll(found.length), 1)
  const some = found[roll(Math.max(1, found.length))]
  if (some !== undefined && roll(3) === 0)
    found.push(roll(2) === 0 ? some : { ...some, from: Math.max(0, some.from - 8) })
  const wrong = found[roll(Math.max(1, found.length))]
  if (wrong !== undefined && wrong.from > 0 && wrong.to % 8 === 0 && roll(3) === 0)
    found.push({ ...wrong, more: !wrong.more })
  if (roll(6) === 0) found.push({ from: blocks * 8 - 8, to: blocks * 8 - 8, more: false })
  const odd = roll(found.length)
  if (roll(4) === 0) found.splice(odd, 1, shorter(found[odd], roll(8)))
  // All of a datagram, with a fragment header of the same identification.
  if (roll(5) === 0) found.push({ from: 0, to: roll(3) > 0 ? length : 8 * (1 + roll(blocks)), more: false })
  if (six && roll(3) === 0) found.push({ from: 0, to: roll(2) * 8, more: true })
  for (let n = found.length - 1; n > 0; n--) {
    const other = roll(n + 1)
    const [one, two] = [found[n], found[other]]
    if (one !== undefined && two !== undefined) [found[n], found[other]] = [two, one]
  }
  return found
}

function shorter(part: Part | undefined, by: number): Part {
  const { from = 0, to = 0, more = true } = part ?? {}
  return { from, to: Math.max(from, to - by), more }
}

function wholeOf(n: number, six: boolean, others: readonly number[], roll: Roll): Uint8Array {
  const line = LINES[roll(LINES.length)] ?? ''
  const plain = datagram(line, n, six ? 'ipv6' : 'ipv4')
  const whole = /UDP|PING/.test(line) ? join8(plain, BEHIND) : plain
  putU16(whole, six ? 4 : 2, whole.length - (six ? 40 : 0))
  if (six && roll(6) === 0) whole[6] = others[roll(others.length)] ?? 0
  return whole
}

function makeCases(others: readonly number[], roll: Roll): OracleCase[] {
  return Array.from({ length: CASES }, (_, n) => {
    const six = roll(5) > 0
    const whole = wholeOf(n, six, others, roll)
    const own = parts(whole.length - headerOf(whole), six, roll)
    const frames = own.map((part, at) => ({ time: at, bytes: ethernet(cut(whole, part, n + 1)).bytes }))
    const shown = own.map(({ from, to, more }) => `${from}-${to}${more ? '+' : ''}`)
    return { name: `${n}: protocol ${whole[six ? 6 : 9]}, ${shown.join(' ')}`, frames }
  })
}

/** An error as it is the same from whatever address: to whom, and what it says and quotes. */
function textOf(frame: Uint8Array): string | undefined {
  const { l3, l4, protocol } = dissect(frame, Link.ethernet)
  if (protocol !== 58 || !isReassemblyTimeout(frame, l3, l4)) return undefined
  const to = frame.subarray(destinationAt(frame, l3), destinationAt(frame, l3) + addressLength(frame, l3))
  return `${Buffer.from(to).toString('hex')} ${Buffer.from(frame.subarray(l4 + 4, KEPT)).toString('hex')}`
}

/** Bytes of its segment that a frame carries; all of it, though not all of it is there. */
function carried(frame: Uint8Array): number {
  const six = isIpv6(frame, IP)
  const behindFragment = six && findFragmentHeader(frame, IP, IP + 48) > 0
  return datagramEnd(frame, IP) - IP - (six ? 40 : 20) - (behindFragment ? 8 : 0)
}

/** What is seen of each case: how many bytes of segments were let through, and which errors were sent. */
class Outcomes {
  readonly #cases: readonly { readonly name: string; through: number; readonly told: string[] }[]

  constructor(cases: readonly OracleCase[]) {
    this.#cases = cases.map(({ name }) => ({ name, through: 0, told: [] }))
  }

  letThrough(owner: number, bytes: number): void {
    const one = this.#cases[owner]
    if (one !== undefined) one.through += bytes
  }

  told(frame: Uint8Array): void {
    const text = textOf(frame)
    if (text !== undefined) this.#cases[readTag(frame)?.owner ?? -1]?.told.push(text)
  }

  get errors(): number {
    return this.#cases.reduce((sum, { told }) => sum + told.length, 0)
  }

  lines(): string[] {
    return this.#cases.map(
      ({ name, through, told }) => `${name}: ${through} bytes, ${told.sort().join(', ')}`,
    )
  }
}

/** Of IPv6, no multiple of 8 bytes, and not the last. */
function isOdd(batch: PacketBatch, index: number): boolean {
  return batch.kind[index] === Kind.fragment6 && readFragment(batch, index, read) && oddBytes(read) > 0
}
const read = newFragment()

/** Of a datagram the engine says what becomes of it with the fragment that completes it, of what is none of it by itself. */
function outcomesOfEngine(batch: PacketBatch, frames: readonly LabFrame[], outcomes: Outcomes): Outcomes {
  const whole = new Map(batch.rebuilt.map(({ index, bytes }) => [index, bytes]))
  for (const [i, { owner, bytes }] of frames.entries()) {
    if (batch.verdict[i] !== Verdict.forward) continue
    const kind = batch.kind[i]
    const isFragment = kind === Kind.fragment4 || kind === Kind.fragment6
    const rebuilt = whole.get(i)
    if (rebuilt !== undefined) outcomes.letThrough(owner, rebuilt.length - headerOf(rebuilt))
    else if (!isFragment || batch.datagram[i] === -1 || isOdd(batch, i))
      outcomes.letThrough(owner, carried(bytes))
  }
  for (const { frame } of batch.emitted) outcomes.told(frame)
  return outcomes
}

function outcomesOfKernel(seen: readonly Seen[], outcomes: Outcomes): Outcomes {
  for (const { bytes } of seen) {
    if (textOf(bytes) !== undefined) outcomes.told(bytes)
    else outcomes.letThrough(readTag(bytes)?.owner ?? -1, carried(bytes))
  }
  return outcomes
}

function differing(ours: readonly string[], theirs: readonly string[]): string[] {
  return ours.flatMap((line, n) => (line === theirs[n] ? [] : [`${line}; Linux: ${theirs[n]}`]))
}

/** What comes of the frames in the engine, and of time going by. */
function decide(frames: readonly LabFrame[], { exception }: KernelSetup, end: number) {
  const profile = changed(getProfile('linux-conntrack'), {
    fragmentTimeout4: TIMEOUT,
    fragmentTimeout6: TIMEOUT,
  })
  const batch = batchOf(frames.map(({ bytes }, time) => ({ bytes, time })))
  new FlowTable({ ...PLAIN_READING, fragments: fragmentReadingOf(profile.knobs) }).assign(batch)
  const policy = { exception, ruleOrder: 'action', defaultActions: [] } as const
  const engine = new Engine({ profile, policy, rules: [], hosts: 1 })
  engine.decide(batch, 0, batch.count)
  expect(batch.emitted.filter(({ cause }) => cause < 0)).to.deep.equal([])
  engine.expire(batch, end * NANOS_PER_SECOND)
  return batch
}

describe('conntrack against the Linux kernel: datagrams that are not complete in time', function () {
  this.timeout(60_000)
  before(needsRoot)

  for (const setup of [
    { exception: 'continue', loose: true },
    { exception: 'drop', loose: false },
  ] as const)
    it(`${setup.exception}, ${CASES} in fragments: Linux lets through what the engine does, sends the errors that it does, and no other (seed ${SEED})`, async () => {
      await using kernel = await Kernel.open({
        ...setup,
        sysctls: { nf_conntrack_frag6_timeout: TIMEOUT },
      })
      const cases = makeCases(OTHERS, dice(SEED))
      const frames = labFrames(cases, kernel.take(cases.length))
      const end = TIMEOUT * LATE
      // The wait begins when all are sent, however long that takes.
      const seen = [...(await kernel.play(frames)), ...(await kernel.play([{ until: end }]))]
      for (const { side, bytes } of seen)
        if (textOf(bytes) !== undefined) expect(bytes[destinationAt(bytes, IP) + 1]).to.equal(0x10 + side)

      const batch = decide(frames, setup, end)
      const ours = outcomesOfEngine(batch, frames, new Outcomes(cases))
      const theirs = outcomesOfKernel(seen, new Outcomes(cases))
      const differences = differing(ours.lines(), theirs.lines())
      expect(differences, differences.slice(0, 5).join('\n')).to.deep.equal([])
      expect(ours.errors).to.be.within(CASES / 10, CASES / 2)
      const apart = frames.filter((_, i) => batch.kind[i] === Kind.fragment6 && batch.datagram[i] === -1)
      expect(apart.length).to.be.greaterThan(CASES / 4)
    })
})

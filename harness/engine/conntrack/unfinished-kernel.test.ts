import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { getProfile } from '../../profile/index.ts'
import { dissect } from '../../wire/dissect.ts'
import { ethernet } from '../../wire/example-frames.test.ts'
import { addressLength, destinationAt } from '../../wire/ip.ts'
import { isReassemblyTimeout } from '../../wire/time-exceeded.ts'
import { dice } from '../conversations/random.test.ts'
import { Engine } from '../engine.ts'
import { changed } from '../example-engine.test.ts'
import { cut, headerOf, type Part } from '../example-fragments.test.ts'
import { batchOf, type OracleCase } from '../oracle-cases.test.ts'
import { datagram } from '../oracle-datagrams.test.ts'
import { labFrames } from './oracle-frames.test.ts'
import { Kernel, needsRoot, type Seen } from './oracle-kernel.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 8200)
const CASES = 400
/** Seconds that the kernel waits for the rest of a datagram, and by which share of it its timer may come late, and more. */
const TIMEOUT = 2
const LATE = 1.4
/** First bytes of a frame that are compared: the oracle gives 128. */
const KEPT = 120
const LINES = ['> PA 1 1 len=44', '< PA 1 1 len=100', '> UDP', '< UDP', '> S 0 len=60']

type Roll = (sides: number) => number

/**
 * Parts of a datagram, whole or not, in any order, some of which come twice, or overlap another. The first holds the transport header:
 * one that does not is none to Linux (RFC 8200 4.5), which the reading of fragments does not know.
 */
function parts(length: number, roll: Roll): Part[] {
  const blocks = Math.ceil(length / 8)
  const found: Part[] = []
  for (let from = 0; from < blocks; ) {
    const to = from + (from === 0 ? 3 : 1) + roll(4)
    found.push({ from: from * 8, to: Math.min(to * 8, length), more: to < blocks })
    from = to
  }
  if (roll(4) > 0) found.splice(roll(found.length), 1)
  const some = found[roll(Math.max(1, found.length))]
  if (some !== undefined && roll(3) === 0)
    found.push(roll(2) === 0 ? some : { ...some, from: Math.max(0, some.from - 8) })
  for (let n = found.length - 1; n > 0; n--) {
    const other = roll(n + 1)
    const [one, two] = [found[n], found[other]]
    if (one !== undefined && two !== undefined) [found[n], found[other]] = [two, one]
  }
  return found
}

function makeCases(roll: Roll): OracleCase[] {
  return Array.from({ length: CASES }, (_, n) => {
    const family = roll(5) === 0 ? 'ipv4' : 'ipv6'
    const whole = datagram(LINES[roll(LINES.length)] ?? '', n, family)
    const own = parts(whole.length - headerOf(whole), roll)
    const frames = own.map((part, at) => ({ time: at, bytes: ethernet(cut(whole, part, n + 1)).bytes }))
    return { name: `${n}`, frames }
  })
}

/** An error as it is the same from whatever address: to whom, and what it says and quotes. */
function textOf(frame: Uint8Array): string | undefined {
  const { l3, l4, protocol } = dissect(frame, Link.ethernet)
  if (protocol !== 58 || !isReassemblyTimeout(frame, l3, l4)) return undefined
  const to = frame.subarray(destinationAt(frame, l3), destinationAt(frame, l3) + addressLength(frame, l3))
  return `${Buffer.from(to).toString('hex')} ${Buffer.from(frame.subarray(l4 + 4, KEPT)).toString('hex')}`
}

function sorted(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined).sort()
}

describe('conntrack against the Linux kernel: datagrams that are not complete in time', function () {
  this.timeout(60_000)
  before(needsRoot)

  it(`${CASES} in fragments: Linux sends the error that the engine does, and no other (seed ${SEED})`, async () => {
    await using kernel = await Kernel.open({
      exception: 'continue',
      loose: true,
      sysctls: { nf_conntrack_frag6_timeout: TIMEOUT },
    })
    const cases = makeCases(dice(SEED))
    const frames = labFrames(cases, kernel.take(cases.length))
    const end = TIMEOUT * LATE
    const seen: readonly Seen[] = await kernel.play([...frames, { until: end }])
    const theirs = sorted(seen.map(({ bytes }) => textOf(bytes)))
    for (const { side, bytes } of seen)
      if (textOf(bytes) !== undefined) expect(bytes[destinationAt(bytes, 14) + 1]).to.equal(0x10 + side)

    const { knobs } = changed(getProfile('linux-conntrack'), { fragmentTimeout6: TIMEOUT })
    const batch = batchOf(frames.map(({ bytes }, time) => ({ bytes, time })))
    const { fragmentOverlap: overlap, fragmentTimer: timer, fragmentBothWays: bothWays } = knobs
    const reading = { overlap: overlap.value, timer: timer.value, bothWays: bothWays.value }
    const fragments = { ...reading, timeout4: TIMEOUT, timeout6: TIMEOUT }
    new FlowTable({ tunnels: 'outer', ipv4InIpv4: false, fragments }).assign(batch)
    const policy = { exception: 'continue', ruleOrder: 'action', defaultActions: [] } as const
    const profile = { ...getProfile('linux-conntrack'), knobs }
    const engine = new Engine({ profile, policy, rules: [], hosts: 1 })
    engine.decide(batch, 0, batch.count)
    expect(batch.emitted.filter(({ cause }) => cause < 0)).to.deep.equal([])
    engine.expire(batch, end * NANOS_PER_SECOND)
    const ours = sorted(batch.emitted.map(({ frame }) => textOf(frame)))

    expect(ours).to.deep.equal(theirs)
    expect(ours.length).to.be.within(CASES / 10, CASES / 2)
  })
})

import { expect } from 'chai'
import { putU16, u16 } from '../wire/bytes.ts'
import { ethernet, join8 } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { TUNNELS } from '../wire/tunnel/example-tunnels.test.ts'
import { dice } from './conversations/random.test.ts'
import { cut, headerOf, type Part } from './example-fragments.test.ts'
import { compareAll } from './oracle-around.test.ts'
import type { OracleCase } from './oracle-cases.test.ts'
import { datagram } from './oracle-datagrams.test.ts'

type Roll = (sides: number) => number

/** Parts that cover the segment, most of the time; with overlaps, repetitions, losses and wrong ends, in any order. */
function parts(length: number, roll: Roll): Part[] {
  const blocks = Math.ceil(length / 8)
  const cuts = Array.from({ length: 1 + roll(4) }, () => 1 + roll(Math.max(blocks - 1, 1)))
  const edges = [...new Set([0, ...cuts, blocks])].sort((a, b) => a - b)
  const found: Part[] = []
  for (const [n, edge] of edges.entries()) {
    const next = edges[n + 1]
    if (next === undefined) break
    found.push({ from: edge * 8, to: Math.min(next * 8, length), more: next < blocks, forged: false })
  }
  const tricks = roll(5)
  for (let n = 0; n < tricks; n++) {
    const from = roll(blocks)
    const to = from + 1 + roll(blocks - from)
    found.push({
      from: from * 8,
      to: Math.min(to * 8, length),
      more: to < blocks || roll(9) === 0,
      forged: roll(3) > 0,
    })
  }
  if (roll(8) === 0) found.splice(roll(found.length), 1)
  if (roll(12) === 0) found.push({ from: 0, to: length - 1 - roll(7), more: true, forged: true })
  if (roll(12) === 0) found.push({ from: roll(blocks) * 8, to: length, more: false, forged: true })
  if (roll(3) > 0) for (let n = found.length - 1; n > 0; n--) exchange(found, n, roll(n + 1))
  return found
}

function exchange<T>(list: T[], a: number, b: number): void {
  const [one, other] = [list[a], list[b]]
  if (one === undefined || other === undefined) return
  list[a] = other
  list[b] = one
}

const LINES = [
  '> S 0',
  '< SA 0 1',
  '> A 1 1',
  '> PA 1 1 len=60',
  '> FA 1 1 len=8',
  '> R 1',
  '> . 9 len=30',
  '> UDP',
  '> PING',
]

/** A datagram in fragments, some of which may be those of another, followed by an unfragmented packet of its flow. */
function fragmented(n: number, roll: Roll): OracleCase {
  const family = roll(2) === 0 ? 'ipv4' : 'ipv6'
  const line = LINES[roll(LINES.length)] ?? ''
  const other = LINES[roll(LINES.length)] ?? ''
  const honest = datagram(line, n, family)
  const forged = datagram(roll(2) === 0 ? line : `${other} port=41000`, n, family)
  const length = honest.length - headerOf(honest)
  const chain = roll(4) === 0 ? Uint8Array.from([Protocol.fragment, 0, 1, 4, 0, 0, 0, 0]) : undefined
  const pieces = parts(length, roll).map((part) =>
    cut(part.forged && fits(forged, part) ? forged : honest, part, n, chain),
  )
  const packets = [...pieces, datagram('> A 1 1', n, family), datagram('< A 1 1', n, family)]
  const frames = packets.map((packet, at) => ({ time: at * 1000, bytes: ethernet(packet).bytes }))
  return { name: `${family} ${line}, forged as ${other}, #${n}`, frames }
}

function fits(packet: Uint8Array, { to }: Part): boolean {
  return packet.length - headerOf(packet) >= to
}

describe('engine against real Suricata: fragments', () => {
  const roll = dice(11)
  const random = Array.from({ length: 2500 }, (_, n) => fragmented(n, roll))

  for (const exception of ['drop', 'reject', 'continue'] as const)
    it(`${exception}: 2,500 datagrams in fragments of any order and overlap, alike in verdict and reason`, async () => {
      const { packets, stopped, differences } = await compareAll(`fragments, ${exception}`, random, {
        exception,
      })
      expect(differences).to.deep.equal([])
      expect(stopped).to.be.greaterThan(packets / 25)
    })

  it('fragments in tunnels and tunnels in fragments, alike in verdict and reason', async () => {
    const cases = TUNNELS.filter(({ inside }) => inside).flatMap((tunnel, at): OracleCase[] => {
      const family = tunnel.version === 6 ? 'ipv6' : 'ipv4'
      return LINES.flatMap((line, nth) => {
        const n = 5000 + at * 40 + nth * 2
        const packet = datagram(line, n, family)
        const length = packet.length - headerOf(packet)
        const halves = [
          { from: 0, to: 8, more: length > 8, forged: false },
          { from: 8, to: length, more: false, forged: false },
        ]
        const within = halves.map((part) => tunnel.wrap(cut(packet, part, n)))
        const whole = tunnel.wrap(datagram(line, n + 1, family))
        const around = [
          { from: 0, to: 24, more: true, forged: false },
          { from: 24, to: whole.length - headerOf(whole), more: false, forged: false },
        ].map((part) => cut(whole, part, n))
        const timed = (packets: readonly Uint8Array[]) =>
          packets.map((bytes, i) => ({ time: i * 1000, bytes: ethernet(bytes).bytes }))
        return [
          { name: `fragments of ${line} in ${tunnel.name}`, frames: timed(within) },
          { name: `${line} in ${tunnel.name} in fragments`, frames: timed(around) },
        ]
      })
    })
    const { stopped, differences } = await compareAll('fragments and tunnels', cases, { exception: 'drop' })
    expect(differences).to.deep.equal([])
    expect(stopped).to.be.greaterThan(100)
  })

  it('a fragment header that makes a datagram of its own is none; behind it a second one is passed over', async () => {
    const atomic = (n: number, ...headers: readonly number[][]) => {
      const packet = datagram('> A 1 1', n, 'ipv6')
      const bytes = join8(
        packet.subarray(0, 40),
        ...headers.map((each) => Uint8Array.from(each)),
        packet.subarray(40),
      )
      putU16(bytes, 4, u16(packet, 4) + headers.length * 8)
      bytes[6] = Protocol.fragment
      return bytes
    }
    const packets = [
      atomic(1, [6, 0, 0, 0, 0, 0, 0, 1]),
      atomic(2, [44, 0, 0, 0, 0, 0, 0, 1], [6, 0, 0, 8, 0, 0, 0, 1]),
      atomic(3, [6, 9, 0, 0, 0, 0, 0, 1]),
      atomic(4, [60, 0, 0, 0, 0, 0, 0, 1], [6, 0, 1, 4, 0, 0, 0, 0]),
    ]
    const frames = packets.map((bytes, at) => ({ time: at, bytes: ethernet(bytes).bytes }))
    const { stopped, differences } = await compareAll('atomic fragments', [{ name: 'atomic', frames }], {
      exception: 'drop',
    })
    expect(differences).to.deep.equal([])
    expect(stopped).to.equal(4)
  })
})

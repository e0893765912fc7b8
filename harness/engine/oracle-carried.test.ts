import { expect } from 'chai'
import { u16 } from '../wire/bytes.ts'
import { etherType, join8 } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { type ExampleTunnel, TUNNELS } from '../wire/tunnel/example-tunnels.test.ts'
import { makeConversations } from './conversations/generate.test.ts'
import { chance, dice, pick, type Roll } from './conversations/random.test.ts'
import { cut, headerOf } from './example-fragments.test.ts'
import { compareAll } from './oracle-around.test.ts'
import type { OracleCase } from './oracle-cases.test.ts'

/** One seed of the caller's, or the first few. */
const SEED = process.env.FLOWBREAK_SEED
const SEEDS = SEED === undefined ? [1, 2, 3] : [Number(SEED)]
const COUNT = 120
const ETHERNET = 14
/** Silences, in seconds: about as long as the time-outs of Suricata's own file. */
const GAPS = [29, 31, 59, 61, 299, 301, 599, 601]
/** The longest packet that is cut: what it becomes still goes into a frame. */
const MOST = 1400

/** Next headers behind which no other header of IPv6 comes. */
const CARRIED: ReadonlySet<number> = new Set([
  Protocol.tcp,
  Protocol.udp,
  Protocol.icmp6,
  Protocol.gre,
  Protocol.ipv4,
  Protocol.ipv6,
])

type Carrier = ExampleTunnel | 'fragments'

/**
 * Conversations, whole or from some packet on, each in up to three tunnels, one in another, with fragments at one place among them, and
 * behind a tag. Datagrams in fragments whose fragments are in tunnels that are in fragments themselves are another matter
 * (docs/decision-tables.md, 10.7).
 */
function carriedCases(seed: number): OracleCase[] {
  const roll = dice(seed)
  let id = 0
  const anomalies = pick(roll, [0, 5, 15])
  return makeConversations(seed, COUNT, { gaps: GAPS, anomalies }).map(({ index, frames }) => {
    const whole = frames.slice(chance(roll, 50) ? roll(frames.length) : 0)
    const carriers = drawn(
      roll,
      whole.some(({ bytes }) => isFragment(packetOf(bytes))),
    )
    const tag = pick(roll, [[], [0x81, 0, 0, 7]])
    const often = 30 + roll(70)
    const carried = whole.flatMap(({ time, bytes }) => {
      const packets = carriers.reduce(
        (inside, carrier) =>
          inside.flatMap((packet) =>
            carrier === 'fragments'
              ? chance(roll, often)
                ? inTwo(packet, ++id, roll)
                : [packet]
              : within(packet, carrier),
          ),
        [packetOf(bytes)],
      )
      return packets.map((packet) => ({
        time,
        bytes: join8(bytes.subarray(0, 12), Uint8Array.from(tag), etherType(packet), packet),
      }))
    })
    const names = carriers.map((carrier) => (carrier === 'fragments' ? carrier : carrier.name))
    return { name: `${index} in ${names.join(', ')}, ${tag.length / 4} tags`, frames: carried }
  })
}

/** One to three carriers, among them fragments once at most; none if what they carry has fragments. */
function drawn(roll: Roll, fragmented: boolean): Carrier[] {
  const looked = TUNNELS.filter(({ inside }) => inside)
  const carriers: Carrier[] = Array.from({ length: 1 + roll(3) }, () => pick(roll, looked))
  if (!fragmented && chance(roll, 60)) carriers[roll(carriers.length)] = 'fragments'
  return carriers
}

function packetOf(bytes: Uint8Array): Uint8Array {
  const length = u16(bytes, 12) === 0x0800 ? u16(bytes, ETHERNET + 2) : 40 + u16(bytes, ETHERNET + 4)
  return bytes.subarray(ETHERNET, ETHERNET + length)
}

function isFragment(packet: Uint8Array): boolean {
  return headerOf(packet) === 20 ? (u16(packet, 6) & 0x3fff) !== 0 : packet[6] === Protocol.fragment
}

function within(packet: Uint8Array, { version, wrap }: ExampleTunnel): Uint8Array[] {
  return [version === undefined || version === (packet[0] ?? 0) >> 4 ? wrap(packet) : packet]
}

/** Two fragments in any order, of which the second may be lost; the packet itself where it has extensions or is too short. */
function inTwo(packet: Uint8Array, id: number, roll: Roll): Uint8Array[] {
  const header = headerOf(packet)
  const length = packet.length - header
  const isPlain = header === 20 ? packet[0] === 0x45 : CARRIED.has(packet[6] ?? 0)
  if (length < 16 || packet.length > MOST || !isPlain) return [packet]
  const at = 8 * (1 + roll((length >> 3) - 1))
  const first = cut(packet, { from: 0, to: at, more: true }, id)
  const second = cut(packet, { from: at, to: length, more: false }, id)
  if (chance(roll, 4)) return [first]
  return chance(roll, 25) ? [second, first] : [first, second]
}

/** Each frame as a case of its own, in order of time: names say which frame of which conversation it is. */
function inOrder(cases: readonly OracleCase[]): OracleCase[] {
  return cases
    .flatMap(({ name, frames }) => frames.map((frame, at) => ({ name: `${name} #${at + 1}`, frame })))
    .sort((a, b) => a.frame.time - b.frame.time)
    .map(({ name, frame }) => ({ name, frames: [frame] }))
}

describe('engine against real Suricata: conversations carried in tunnels, fragments and tags', () => {
  for (const seed of SEEDS)
    for (const exception of ['drop', 'reject', 'continue'] as const)
      it(`seed ${seed}, ${exception}: alike in verdict and reason`, async () => {
        const { packets, stopped, differences } = await compareAll(
          `carried, seed ${seed}, ${exception}`,
          inOrder(carriedCases(seed)),
          { exception },
        )
        expect(differences.slice(0, 20)).to.deep.equal([])
        expect(packets).to.be.greaterThan(1000)
        expect(stopped).to.be.greaterThan(0)
      })
})

import { NANOS_PER_SECOND, type PacketBatch } from '../../model/batch.ts'
import { Kind, Tcp } from '../../model/codes.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import type { Compiled, Timed } from './play.ts'

/** A recorded capture, cut and broken by chance: a play of it, and of what class each packet is. */
export interface HeldOut {
  readonly capture: string
  /** What was done to it. */
  readonly broken: readonly string[]
  readonly compiled: Compiled
  readonly classes: readonly string[]
  /** By packet: its number in the capture. */
  readonly numbers: readonly number[]
  /** By packet: of a fragment, a number of its datagram; else -1. */
  readonly datagrams: readonly number[]
  /** Datagrams of which no fragment was taken away. */
  readonly whole: ReadonlySet<number>
}

const BEGIN = 1.1
/** Chances, of 100, that a capture is cut, has losses, loses a direction, or falls silent; and of each packet to be lost. */
const CHANCE = { cut: 70, loss: 40, oneWay: 15, silence: 50, lost: 12 }
/** Seconds of silence at most. */
const LONGEST_SILENCE = 900
const MOST_PACKETS = 400

/** Breaks a capture as the random numbers say; no silence in it is longer than `longest` seconds. Throws what is wrong with the file. */
export async function breakCapture(path: string, random: () => number, longest: number): Promise<HeldOut> {
  const { batch } = await loadRecorded(path)
  const happens = (chance: number) => random() % 100 < chance
  const broken: string[] = []
  let kept = Array.from({ length: Math.min(batch.count, MOST_PACKETS) }, (_, index) => index)
  if (happens(CHANCE.cut)) {
    const from = random() % Math.max(1, kept.length >> 1)
    kept = kept.slice(from)
    broken.push(`from packet ${from + 1}`)
  }
  if (happens(CHANCE.oneWay)) {
    const away = random() % 2
    kept = kept.filter((index) => batch.direction[index] !== away)
    broken.push(`without what goes ${away === 0 ? 'to servers' : 'to clients'}`)
  }
  if (happens(CHANCE.loss)) {
    kept = kept.filter(() => !happens(CHANCE.lost))
    broken.push('with losses')
  }
  const silentAt = happens(CHANCE.silence) && kept.length > 1 ? random() % kept.length : -1
  const silence = silentAt < 0 ? 0 : 1 + (random() % Math.min(LONGEST_SILENCE, longest))
  if (silence > 0) broken.push(`with ${silence} s of silence before packet ${(kept[silentAt] ?? 0) + 1}`)
  let now = BEGIN
  const steps = kept.map((index, at): Timed => {
    const before = batch.time[kept[at - 1] ?? index] ?? 0
    const gap = ((batch.time[index] ?? 0) - before) / NANOS_PER_SECOND
    now += Math.min(longest, gap + (at === silentAt ? silence : 0))
    return {
      at: now,
      probe: at,
      host: 0,
      frame: batch.copyFrame(index),
      link: batch.link[index] ?? 0,
    }
  })
  return {
    capture: path,
    broken,
    compiled: {
      probes: steps.length,
      packets: steps.length,
      steps,
      counts: steps.map(() => 1),
      prepared: new Map(),
    },
    classes: kept.map((index) => classOf(batch, index)),
    numbers: kept.map((index) => batch.number[index] ?? 0),
    datagrams: kept.map((index) => datagramOf(batch, index)),
    whole: wholeOf(batch, kept),
  }
}

function wholeOf(batch: PacketBatch, kept: readonly number[]): ReadonlySet<number> {
  const left = new Set(kept)
  const whole = new Set<number>()
  for (let index = 0; index < batch.count; index++) whole.add(datagramOf(batch, index))
  for (let index = 0; index < batch.count; index++)
    if (!left.has(index)) whole.delete(datagramOf(batch, index))
  whole.delete(-1)
  return whole
}

/** Of a fragment the number of its datagram; else -1. */
function datagramOf({ kind, datagram }: PacketBatch, index: number): number {
  const isFragment = kind[index] === Kind.fragment4 || kind[index] === Kind.fragment6
  return isFragment ? (datagram[index] ?? -1) : -1
}

/** What a packet is, as far as firewalls treat packets apart. */
function classOf(batch: PacketBatch, index: number): string {
  const kind = batch.kind[index]
  if (kind === Kind.udp4 || kind === Kind.udp6) return 'udp'
  if (kind === Kind.icmp4 || kind === Kind.icmp6) return 'icmp'
  if (kind === Kind.fragment4 || kind === Kind.fragment6) return 'fragment'
  if (kind !== Kind.tcp4 && kind !== Kind.tcp6) return 'other'
  const flags = batch.flags[index] ?? 0
  if ((flags & Tcp.rst) !== 0) return 'tcp rst'
  if ((flags & Tcp.syn) !== 0) return (flags & Tcp.ack) === 0 ? 'tcp syn' : 'tcp syn-ack'
  if ((flags & Tcp.fin) !== 0) return 'tcp fin'
  return (batch.payload[index] ?? 0) > 0 ? 'tcp data' : 'tcp ack'
}

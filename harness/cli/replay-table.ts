import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Direction, Host, nameOf, Reason, Verdict } from '../model/codes.ts'
import { impactWords } from '../report/impact-words.ts'
import { hostName } from '../report/packet-words.ts'
import { wrap } from '../report/wrap.ts'
import { BufferedOutput } from './output.ts'
import { type Layout, layoutFor, type Row, type Widest } from './replay-columns.ts'
import {
  Clock,
  crowdingWords,
  describePacket,
  emittedAbout,
  emittedAlone,
  paint,
  paintedVerdict,
  partsOf,
  type ReplayPrinter,
  takenBackLines,
} from './replay-text.ts'

/** Prints one line for each packet, or two on a narrow screen. */
export function tablePrinter(hosts: readonly string[], columns: number): ReplayPrinter {
  const output = new BufferedOutput()
  const clock = new Clock()
  let phase = 0
  let layout: Layout | undefined
  const begin = (packets?: PacketBatch, by?: Uint8Array): Layout => {
    const found = layoutFor(columns, widestOf(hosts, packets, by))
    output.write(`${found.heading}\n`)
    return found
  }
  return {
    observe: (observed, _flows, phases) => {
      const { packets, by } = observed
      layout ??= begin(packets, by)
      output.write(takenBackLines(observed, columns))
      const alone = emittedAlone(packets)
      for (let i = 0; i < packets.count; i++) {
        for (const emitted of alone(i))
          output.write(`${layout.row(rowAlone(emitted, hosts, clock), (text) => paint('magenta', text))}\n`)
        const at = packets.phase[i] ?? 0
        if (at !== phase) output.write(paint('bold', `-- ${phases[at]} --\n`))
        phase = at
        const verdict = packets.verdict[i] ?? 0
        output.write(
          `${layout.row(rowOf(packets, by, i, hosts, clock), (text) => paintedVerdict(verdict, text))}\n`,
        )
      }
    },
    end: (impact, crowding) => {
      layout ??= begin()
      if (impact !== undefined) output.write(`${wrap(`impact: ${impactWords(impact)}`, columns)}\n`)
      const crowded = crowdingWords(crowding)
      if (crowded !== '') output.write(`${wrap(`flows without room:${crowded}`, columns)}\n`)
      output.flush()
    },
  }
}

/** The widths that the columns need, by the first packets: those that come are not known yet. */
function widestOf(hosts: readonly string[], packets?: PacketBatch, by?: Uint8Array): Widest {
  let packet = 0
  let host = Math.max(...hosts.map((name) => name.length))
  if (packets === undefined) return { packet, host }
  for (let i = 0; i < packets.count; i++) {
    packet = Math.max(packet, describePacket(packets, i).length)
    host = Math.max(host, hostName(hosts, by?.[i] ?? Host.unknown).length)
  }
  return { packet, host }
}

/** The row of an emitted packet without a cause. */
function rowAlone({ at, flow, to, by, seq, ack }: Emitted, hosts: readonly string[], clock: Clock): Row {
  return {
    number: '*',
    time: clock.seconds(at).toFixed(6),
    flow: String(flow ?? '-'),
    direction: to === 'client' ? 's2c' : 'c2s',
    packet: 'RST',
    host: hostName(hosts, by),
    verdict: 'emitted',
    why: `session expired, RST seq=${seq} ack=${ack} to ${to}`,
  }
}

function rowOf(packets: PacketBatch, by: Uint8Array, i: number, hosts: readonly string[], clock: Clock): Row {
  const number = packets.number[i] ?? 0
  const flow = packets.flow[i] ?? -1
  const reason = packets.reason[i] ?? 0
  const why = [
    reason === Reason.none ? '' : nameOf(Reason, reason),
    ...emittedAbout(packets, i).map(
      ({ kind, to, seq, ack }) => `${kind === 'tcp-rst' ? `RST seq=${seq} ack=${ack}` : 'ICMP'} to ${to}`,
    ),
    ...partsOf(packets, i, hosts).map(({ host, part }) => `${host} ${part}`),
  ].filter((words) => words !== '')
  return {
    number: number === 0 ? '+' : String(number),
    time: clock.seconds(packets.time[i] ?? 0).toFixed(6),
    flow: flow < 0 ? '-' : String(flow),
    direction: nameOf(Direction, packets.direction[i] ?? 0),
    packet: describePacket(packets, i),
    host: hostName(hosts, by[i] ?? Host.unknown),
    verdict: nameOf(Verdict, packets.verdict[i] ?? 0),
    why: why.join(', '),
  }
}

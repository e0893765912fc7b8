import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Direction, Host, nameOf, Reason } from '../model/codes.ts'
import { impactWords } from '../report/impact-words.ts'
import { hostName } from '../report/packet-words.ts'
import { BufferedOutput } from './output.ts'
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

/** Prints one line for each packet. */
export function tablePrinter(hosts: readonly string[]): ReplayPrinter {
  const output = new BufferedOutput()
  const clock = new Clock()
  let phase = 0
  output.write('      #       time   flow  dir  packet                host    verdict   why\n')
  return {
    observe: (observed, _flows, phases) => {
      const { packets, by } = observed
      output.write(takenBackLines(observed))
      const alone = emittedAlone(packets)
      for (let i = 0; i < packets.count; i++) {
        for (const emitted of alone(i)) output.write(`${rowAlone(emitted, hosts, clock)}\n`)
        const at = packets.phase[i] ?? 0
        if (at !== phase) output.write(paint('bold', `-- ${phases[at]}\n`))
        phase = at
        output.write(`${row(packets, by, i, hosts, clock)}\n`)
      }
    },
    end: (impact, crowding) => {
      if (impact !== undefined) output.write(`impact: ${impactWords(impact)}\n`)
      const crowded = crowdingWords(crowding)
      if (crowded !== '') output.write(`flows without room:${crowded}\n`)
      output.flush()
    },
  }
}

/** The line of an emitted packet without a cause. */
function rowAlone({ at, flow, to, by, seq, ack }: Emitted, hosts: readonly string[], clock: Clock): string {
  return [
    '*'.padStart(7),
    clock.seconds(at).toFixed(6).padStart(10),
    String(flow ?? '-').padStart(6),
    ` ${to === 'client' ? 's2c' : 'c2s'}`,
    ` ${'RST'.padEnd(20)}`,
    ` ${hostName(hosts, by).padEnd(6)}`,
    ` ${paint('magenta', 'emitted'.padEnd(8))}`,
    ` session expired, RST seq=${seq} ack=${ack} to ${to}`,
  ].join(' ')
}

function row(
  packets: PacketBatch,
  by: Uint8Array,
  i: number,
  hosts: readonly string[],
  clock: Clock,
): string {
  const number = packets.number[i] ?? 0
  const flow = packets.flow[i] ?? -1
  const reason = packets.reason[i] ?? 0
  const decider = hostName(hosts, by[i] ?? Host.unknown)
  const why = [
    reason === Reason.none ? '' : nameOf(Reason, reason),
    ...emittedAbout(packets, i).map(
      ({ kind, to, seq, ack }) => `${kind === 'tcp-rst' ? `RST seq=${seq} ack=${ack}` : 'ICMP'} to ${to}`,
    ),
    ...partsOf(packets, i, hosts).map(({ host, part }) => `${host} ${part}`),
  ].filter((words) => words !== '')
  return [
    (number === 0 ? '+' : String(number)).padStart(7),
    clock
      .seconds(packets.time[i] ?? 0)
      .toFixed(6)
      .padStart(10),
    (flow < 0 ? '-' : String(flow)).padStart(6),
    ` ${nameOf(Direction, packets.direction[i] ?? 0)}`,
    ` ${describePacket(packets, i).padEnd(20)}`,
    ` ${decider.padEnd(6)}`,
    ` ${paintedVerdict(packets.verdict[i] ?? 0, 8)}`,
    ` ${why.join(', ')}`,
  ]
    .join(' ')
    .trimEnd()
}

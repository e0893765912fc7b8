import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import { Direction, Host, nameOf, Reason, Verdict } from '../model/codes.ts'
import { hostName } from '../report/packet-words.ts'
import { ladderPrinter } from './ladder.ts'
import { BufferedOutput, print } from './output.ts'
import { tablePrinter } from './replay-table.ts'
import {
  Clock,
  crowdingWords,
  emittedAbout,
  emittedAlone,
  partsOf,
  type ReplayPrinter,
  takenBack,
} from './replay-text.ts'

/** The printer that the options select: totals, JSON lines, a ladder, or the table, for a screen of `columns` characters. */
export function printerFor(
  options: { readonly quiet?: true; readonly json?: true; readonly ladder?: true },
  hosts: readonly string[],
  columns: number,
): ReplayPrinter {
  if (options.quiet) return totalsPrinter()
  if (options.json) return jsonPrinter(hosts)
  return options.ladder ? ladderPrinter(hosts, columns) : tablePrinter(hosts, columns)
}

function totalsPrinter(): ReplayPrinter {
  const totals = new Float64Array(5)
  let packets = 0
  return {
    observe: (observed) => {
      const { packets: batch } = observed
      for (const { told } of takenBack(observed)) {
        totals[told] = (totals[told] ?? 0) - 1
        totals[Verdict.forward] = (totals[Verdict.forward] ?? 0) + 1
      }
      countVerdicts(batch, totals)
      packets += batch.count
    },
    end: (impact, crowding) => {
      const of = (code: number) => totals[code] ?? 0
      print(
        `packets=${packets} forward=${of(Verdict.forward)} drop=${of(Verdict.drop)} reject=${of(Verdict.reject)} undecided=${of(Verdict.undecided)} answered=${of(Verdict.answered)}${impact === undefined ? '' : ` impact=${impact.kind}`}${crowdingWords(crowding)}\n`,
      )
    },
  }
}

/** Adds the verdicts of a batch to `totals`, which is indexed by code. */
function countVerdicts({ verdict, count }: PacketBatch, totals: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const code = verdict[i] ?? 0
    totals[code] = (totals[code] ?? 0) + 1
  }
}

function jsonPrinter(hosts: readonly string[]): ReplayPrinter {
  const output = new BufferedOutput()
  const clock = new Clock()
  return {
    observe: (observed, _flows, phases) => {
      const { packets, by } = observed
      for (const { number, told, late } of takenBack(observed))
        output.write(
          `${JSON.stringify({ packet: number === 0 ? null : number, verdict: 'forward', late, told: nameOf(Verdict, told) })}\n`,
        )
      const alone = emittedAlone(packets)
      for (let i = 0; i < packets.count; i++) {
        for (const { kind, to, seq, ack, at, flow, by: sender } of alone(i))
          output.write(
            `${JSON.stringify({ emitted: { kind, to, seq, ack }, time: clock.seconds(at), flow, by: hostName(hosts, sender) })}\n`,
          )
        const number = packets.number[i] ?? 0
        const reason = packets.reason[i] ?? 0
        const emitted = emittedAbout(packets, i)
        const parts = partsOf(packets, i, hosts)
        const record = {
          packet: number === 0 ? null : number,
          time: clock.seconds(packets.time[i] ?? 0),
          flow: (packets.flow[i] ?? -1) < 0 ? null : packets.flow[i],
          direction: nameOf(Direction, packets.direction[i] ?? 0),
          phase: phases[packets.phase[i] ?? 0],
          host: hostName(hosts, packets.host[i] ?? Host.unknown),
          by: hostName(hosts, by[i] ?? Host.unknown),
          verdict: nameOf(Verdict, packets.verdict[i] ?? 0),
          ...(reason === Reason.none ? {} : { reason: nameOf(Reason, reason) }),
          ...(parts.length === 0 ? {} : { parts }),
          ...(emitted.length === 0
            ? {}
            : { emitted: emitted.map(({ kind, to, seq, ack }) => ({ kind, to, seq, ack })) }),
        }
        output.write(`${JSON.stringify(record)}\n`)
      }
    },
    end: (impact) => {
      if (impact !== undefined)
        output.write(`${JSON.stringify({ impact: { ...impact, after: impact.after / NANOS_PER_SECOND } })}\n`)
      output.flush()
    },
  }
}

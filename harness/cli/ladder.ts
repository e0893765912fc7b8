import { NANOS_PER_SECOND } from '../model/batch.ts'
import { Host, Verdict } from '../model/codes.ts'
import { impactWords } from '../report/impact-words.ts'
import { ladderLayout } from '../report/ladder-layout.ts'
import { wrap } from '../report/wrap.ts'
import { BufferedOutput } from './output.ts'
import {
  crowdingWords,
  describePacket,
  emittedAbout,
  emittedAlone,
  paint,
  partsOf,
  type ReplayPrinter,
  takenBackLines,
} from './replay-text.ts'

/**
 * Draws one line for each packet between lanes for the client, each host and the server: `●` if it was forwarded, `×` if it was
 * dropped; resets are lines of their own, to their receivers.
 */
export function ladderPrinter(hosts: readonly string[], columns: number): ReplayPrinter {
  const output = new BufferedOutput()
  const lanes = ['client', ...hosts, 'server']
  const server = lanes.length - 1
  const layout = ladderLayout(lanes, columns)
  let zero: number | undefined
  let phase = 0
  output.write(`${layout.heading}\n`)
  return {
    observe: (observed, _flows, phases) => {
      const { packets } = observed
      output.write(takenBackLines(observed, columns))
      const alone = emittedAlone(packets)
      for (let i = 0; i < packets.count; i++) {
        for (const { at: moment, by, to } of alone(i)) {
          const stamp = ((moment - (zero ?? moment)) / NANOS_PER_SECOND).toFixed(6)
          const way = { from: by + 1, to: to === 'client' ? 0 : server }
          output.write(`${layout.packet(stamp, way, 'RST, session expired')}\n`)
        }
        const at = packets.phase[i] ?? 0
        if (at !== phase) output.write(paint('bold', `${layout.aside(`-- ${phases[at]} --`)}\n`))
        phase = at
        const time = packets.time[i] ?? 0
        zero ??= time
        const stamp = ((time - zero) / NANOS_PER_SECOND).toFixed(6)
        const c2s = packets.direction[i] === 0
        const [from, to] = c2s ? [0, server] : [server, 0]
        const host = packets.host[i] ?? Host.unknown
        const via = host < hosts.length ? host + 1 : undefined
        const passed = packets.verdict[i] === Verdict.forward
        // The load balancer is before the hosts: a packet that it absorbs ends half-way to the first lane on the sender's side.
        const end = passed ? to : (via ?? (c2s ? 0.5 : server - 0.5))
        const parts = partsOf(packets, i, hosts).map(({ host, part }) => `, ${host} ${part}`)
        const label = `${packets.number[i] === 0 ? '+' : packets.number[i]} ${describePacket(packets, i)}${parts.join('')}`
        const way = { from, to: end, via, mark: passed ? undefined : '×' }
        output.write(`${layout.packet(stamp, way, label)}\n`)
        for (const emitted of emittedAbout(packets, i)) {
          const back = emitted.to === 'sender' ? from : to
          const what = emitted.kind === 'tcp-rst' ? 'RST' : 'ICMP'
          output.write(`${layout.packet('', { from: end, to: back }, what)}\n`)
        }
      }
    },
    end: (impact, crowding) => {
      if (impact !== undefined) output.write(`${wrap(`impact: ${impactWords(impact)}`, columns)}\n`)
      const crowded = crowdingWords(crowding)
      if (crowded !== '') output.write(`${wrap(`flows without room:${crowded}`, columns)}\n`)
      output.flush()
    },
  }
}

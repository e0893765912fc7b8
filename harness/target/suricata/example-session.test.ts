import { packet } from '../../engine/example-engine.test.ts'
import { batchOf } from '../../engine/oracle-cases.test.ts'
import { FlowTable } from '../../flow/table.ts'
import { nameOf, Reason, Verdict } from '../../model/codes.ts'
import type { Session } from '../../model/target.ts'
import type { HostEvent, TimelineChunk } from '../../model/timeline.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { makeSuricata } from './suricata.ts'

/** A line of `packet` (with `host=`), or what happens before the next one. */
export type Line = string | HostEvent

/** Seconds since 1970, as of a recording. */
const EPOCH = 1_767_225_601_000_000_000n

/** A session of real Suricata, or of what is run in its place. */
export async function sessionOf(
  input: SetupInput = {},
  options: Readonly<Record<string, unknown>> = {},
): Promise<Session> {
  const target = makeSuricata('suricata', { kind: 'suricata', ...options })
  return target.prepare(makeSetup({ profile: 'suricata-7', ...input }), new AbortController().signal)
}

/** A chunk of packets from lines, each at its host, with the events that stand between them. */
export function chunkOf(lines: readonly Line[]): TimelineChunk {
  const packets = lines.flatMap((line) => (typeof line === 'string' ? [packet(line)] : []))
  const batch = batchOf(packets.map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes })))
  new FlowTable().assign(batch)
  for (const [i, { host }] of packets.entries()) batch.host[i] = host
  const events = lines.flatMap((line, at) => {
    if (typeof line === 'string') return []
    const before = lines.slice(0, at).filter((each) => typeof each === 'string').length
    return [{ before, at: batch.time[before] ?? 0, event: line }]
  })
  return { packets: batch, events }
}

/** What becomes of each packet: `forward`, `drop stream error`, … */
export async function observe(
  session: Session,
  lines: readonly Line[],
  signal = new AbortController().signal,
): Promise<string[]> {
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    yield chunkOf(lines)
  }
  const seen: string[] = []
  const timeline = { epoch: EPOCH, phases: ['before'], chunks: chunks() }
  for await (const { packets } of session.replay(timeline, signal))
    for (let i = 0; i < packets.count; i++) {
      const reason = nameOf(Reason, packets.reason[i] ?? 0)
      seen.push(`${nameOf(Verdict, packets.verdict[i] ?? 0)}${reason === 'none' ? '' : ` ${reason}`}`)
    }
  return seen
}

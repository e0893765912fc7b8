import { type KnowledgeName, nameOf, Reason, type VerdictName } from '../../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import { heldOf } from '../html/expected.ts'
import { contentWords, hostName } from '../packet-words.ts'

/** A packet when it was observed, with what the trace does not keep: controls, and what the host then held of its flow. */
export interface SeenPacket {
  readonly role: 'probe' | 'control'
  /** Nanoseconds, as in the timeline. */
  readonly time: number
  readonly direction: string
  readonly kind: number
  readonly flags: number
  readonly payload: number
  /** Where the path sent it, and who decided: `Host` codes, or indices of hosts. */
  readonly host: number
  readonly by: number
  readonly verdict: string
  readonly knowledge: string
  /** Absent if the target does not show it. */
  readonly entry?: string | undefined
}

/** One step of a case. Times are seconds since its first packet. */
export type Step =
  | { readonly kind: 'phase'; readonly name: string }
  | { readonly kind: 'event'; readonly time: number; readonly what: string }
  | {
      readonly kind: 'control'
      readonly time: number
      readonly direction: 'c2s' | 's2c'
      readonly what: string
      readonly to: string
      readonly verdict: VerdictName
    }
  | {
      readonly kind: 'packet'
      /** Index into the trace. */
      readonly index: number
      readonly time: number
      /** Number in the capture; absent: an injection made it. */
      readonly packet?: number
      readonly flow: number
      readonly direction: 'c2s' | 's2c'
      readonly what: string
      /** Where the load balancer sent it, and who decided. */
      readonly to: string
      readonly by: string
      /** Absent: a guard left it out. */
      readonly verdict?: VerdictName
      readonly reason?: string
      readonly known?: KnowledgeName
      /** What the host held of its flow afterwards, if the target shows it. */
      readonly entry?: string
      readonly expected?: {
        readonly is: string
        readonly level: string
        readonly source: string
        readonly met: boolean
      }
      readonly emitted: readonly Reply[]
      readonly parts: readonly string[]
    }
  /** A packet that a host sent without a causing packet. */
  | ({ readonly kind: 'emitted'; readonly time: number; readonly flow: number } & Reply)

/** A packet that a host or the load balancer sent. */
export interface Reply {
  readonly what: 'tcp-rst' | 'icmp'
  readonly to: 'client' | 'server'
  readonly by: string
  readonly seq: number
  readonly ack: number
  readonly acceptable: boolean
}

const VERDICTS: Readonly<Record<string, VerdictName>> = {
  u: 'undecided',
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
}
const KNOWN: Readonly<Record<string, KnowledgeName>> = { s: 'self', l: 'log', w: 'wire' }

/**
 * The steps of a case, in order: from its trace, and from what was seen of each packet in the attempt that the trace is from, if
 * that is known; without it there are no controls and no entries.
 */
export function stepsOf(finished: CaseFinished, seen: readonly SeenPacket[] = []): readonly Step[] {
  const { trace } = finished
  if (trace === undefined) return []
  const held = heldOf(finished.case, finished.mismatches, trace)
  const steps: Step[] = []
  const alone = trace.emitted.filter(({ index }) => index < 0)
  let events = 0
  let emitted = 0
  let controls = 0
  let phase = -1
  const probes = seen.flatMap(({ role }, at) => (role === 'probe' ? [at] : []))
  const zero = (seen[probes[0] ?? -1]?.time ?? 0) - (trace.time[0] ?? 0) * 1000
  const controlsUntil = (end: number) => {
    for (; controls < end; controls++) {
      const packet = seen[controls]
      if (packet?.role === 'control') steps.push(controlStep(packet, trace.hosts, zero))
    }
  }
  const happenedBefore = (index: number, time: number) => {
    for (
      let event = trace.events[events];
      event !== undefined && event.before <= index;
      event = trace.events[++events]
    )
      steps.push({ kind: 'event', time: event.time / 1e6, what: event.label })
    for (
      let reply = alone[emitted];
      reply !== undefined && (reply.time ?? 0) <= time;
      reply = alone[++emitted]
    )
      steps.push({
        kind: 'emitted',
        time: (reply.time ?? 0) / 1e6,
        flow: reply.flow ?? -1,
        ...replyOf(reply, trace.hosts),
      })
  }
  for (const [index, time] of trace.time.entries()) {
    controlsUntil(probes[index] ?? 0)
    happenedBefore(index, time)
    if (trace.phase[index] !== phase) {
      phase = trace.phase[index] ?? 0
      steps.push({ kind: 'phase', name: trace.phases[phase] ?? '' })
    }
    const expected = held[index]
    const entry = seen[probes[index] ?? -1]?.entry
    steps.push({
      ...packetStep(trace, index),
      ...(entry === undefined || entry === '' ? {} : { entry }),
      ...(expected === undefined
        ? {}
        : {
            expected: {
              is: expected.expected,
              level: expected.level,
              source: expected.source,
              met: expected.met,
            },
          }),
    })
  }
  controlsUntil(seen.length)
  happenedBefore(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  return steps
}

function controlStep(
  { time, direction, kind, flags, payload, host, verdict }: SeenPacket,
  hosts: readonly string[],
  zero: number,
): Step {
  return {
    kind: 'control',
    time: (time - zero) / 1e9,
    direction: direction === '<' ? 's2c' : 'c2s',
    what: contentWords(kind, flags, payload),
    to: hostName(hosts, host),
    verdict: VERDICTS[verdict] ?? 'undecided',
  }
}

function packetStep(trace: CaseTrace, index: number): Step & { readonly kind: 'packet' } {
  const { hosts } = trace
  const number = trace.number[index] ?? 0
  const reason = trace.reason[index] ?? 0
  const verdict = VERDICTS[trace.verdict[index] ?? '']
  const known = KNOWN[trace.knowledge[index] ?? '']
  return {
    kind: 'packet',
    index,
    time: (trace.time[index] ?? 0) / 1e6,
    ...(number === 0 ? {} : { packet: number }),
    flow: trace.flow[index] ?? -1,
    direction: trace.direction[index] === '<' ? 's2c' : 'c2s',
    what: contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0),
    to: hostName(hosts, trace.host[index] ?? -1),
    by: hostName(hosts, trace.by[index] ?? -1),
    ...(verdict === undefined ? {} : { verdict }),
    ...(reason === Reason.none ? {} : { reason: nameOf(Reason, reason) }),
    ...(known === undefined ? {} : { known }),
    emitted: trace.emitted.filter((each) => each.index === index).map((each) => replyOf(each, hosts)),
    parts: (trace.parts ?? [])
      .filter((each) => each.index === index)
      .map(({ host, part }) => `${hostName(hosts, host)} ${part}`),
  }
}

function replyOf(
  { kind, to, by, seq, ack, acceptable }: CaseTrace['emitted'][number],
  hosts: readonly string[],
): Reply {
  return { what: kind, to, by: hostName(hosts, by), seq, ack, acceptable }
}

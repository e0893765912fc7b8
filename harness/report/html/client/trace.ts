import { Host, nameOf, Reason } from '../../../model/codes.ts'
import type { CaseTrace } from '../../../model/run-log.ts'
import { contentWords } from '../../packet-words.ts'
import { type Held, heldOf } from '../expected.ts'
import type { CaseRecord } from '../view.ts'

/** Lanes of the client and the load balancer; hosts follow, the server is the last. */
export const CLIENT = 0
export const BALANCER = 1
const FIRST_HOST = 2
/** In place of a lane: nobody knows where, or lost between two of them. */
export const NOBODY = -1
export const ON_THE_PATH = -2
/** Hosts that get a lane each whether packets met them or not. */
const FEW = 4

/** How far what was expected of a packet was met. */
export const HELD = { none: 0, met: 1, provisional: 2, missed: 3 } as const

const OBSERVED: Readonly<Record<string, string>> = {
  u: 'undecided',
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
  n: 'not run',
}

const KNOWN: Readonly<Record<string, string>> = { w: 'wire', l: 'log', s: 'self' }

/** A trace in words and lanes. Columns have one entry a packet. */
export interface TraceView {
  readonly trace: CaseTrace
  /** Client, load balancer, hosts, server. */
  readonly lanes: readonly string[]
  /** What a packet carries. */
  readonly label: readonly string[]
  /** Lane of the host that it was sent through, or none: round the hosts. */
  readonly via: readonly number[]
  /** Lane where it was decided. */
  readonly by: readonly number[]
  /** The verdict, its reason, and who had a part in it. */
  readonly observed: readonly string[]
  readonly expected: readonly (Held | undefined)[]
  /** Of `HELD`. */
  readonly held: readonly number[]
  /** `wire`, `log`, `self`; empty for what was not run. */
  readonly known: readonly string[]
  readonly emitted: readonly EmittedView[]
  /** The first packet that was not as expected, of core and extended levels if any of these; -1: none. */
  readonly firstDifference: number
}

export interface EmittedView {
  /** Index of the packet that caused it, -1: none. */
  readonly index: number
  readonly from: number
  readonly to: number
  readonly label: string
  readonly by: string
  readonly towards: 'client' | 'server'
  /** Only of resets. */
  readonly seq: number | undefined
  readonly ack: number | undefined
  readonly acceptable: boolean
  readonly time: number | undefined
}

/** The trace of a case that was played and not only graded. */
export function traceView({ case: test, finished }: CaseRecord): TraceView | undefined {
  const trace = finished?.trace
  if (trace === undefined) return undefined
  const expected = heldOf(test, finished?.mismatches ?? [], trace)
  const held = expected.map(heldCode)
  const hosts = drawnHosts(trace)
  const laneOf = (host: number): number => {
    if (host === Host.loadBalancer) return BALANCER
    if (host === Host.path) return ON_THE_PATH
    const at = hosts.indexOf(host)
    return at < 0 ? NOBODY : at + FIRST_HOST
  }
  const parts = partsByPacket(trace)
  const missed = held.indexOf(HELD.missed)
  return {
    trace,
    lanes: ['client', 'lb', ...hosts.map((host) => trace.hosts[host] ?? ''), 'server'],
    label: trace.number.map((_, i) =>
      contentWords(trace.kind[i] ?? 0, trace.flags[i] ?? 0, trace.payload[i] ?? 0),
    ),
    via: trace.host.map(laneOf),
    by: trace.by.map(laneOf),
    observed: trace.number.map((_, i) => `${observedWords(trace, i)}${parts.get(i) ?? ''}`),
    expected,
    held,
    known: [...trace.knowledge].map((letter) => KNOWN[letter] ?? ''),
    emitted: trace.emitted.map((entry) => emittedView(entry, trace, laneOf, hosts.length + FIRST_HOST)),
    firstDifference: missed >= 0 ? missed : held.indexOf(HELD.provisional),
  }
}

function heldCode(held: Held | undefined): number {
  if (held === undefined) return HELD.none
  if (held.met) return HELD.met
  return held.level === 'provisional' ? HELD.provisional : HELD.missed
}

/** The hosts that get a lane: all of a few, of many those that packets met. */
function drawnHosts(trace: CaseTrace): readonly number[] {
  const all = trace.hosts.map((_, host) => host)
  if (all.length <= FEW) return all
  const met = new Set([...trace.host, ...trace.by, ...trace.emitted.map(({ by }) => by)])
  return all.filter((host) => met.has(host))
}

/** `drop, stream midstream`, `forward`, `drop by lb, not in flow table`. */
function observedWords(trace: CaseTrace, index: number): string {
  const by = trace.by[index] ?? Host.unknown
  const forward = trace.verdict[index] === 'f'
  const reason = nameOf(Reason, trace.reason[index] ?? 0)
  const where = by === Host.loadBalancer ? ' by lb' : by === Host.path && !forward ? ' on the path' : ''
  const why = reason === 'none' || reason === 'unknown' ? '' : `, ${reason}`
  return `${OBSERVED[trace.verdict[index] ?? 'u'] ?? 'undecided'}${where}${why}`
}

/** By index of the packet, ` (fw-a forwarder, fw-b owner)`: where sessions are shared, who did what. */
function partsByPacket({ parts = [], hosts }: CaseTrace): ReadonlyMap<number, string> {
  const played = new Map<number, string[]>()
  for (const { index, host, part } of parts)
    played.set(index, [...(played.get(index) ?? []), `${hosts[host] ?? `host ${host}`} ${part}`])
  return new Map([...played].map(([index, words]) => [index, ` (${words.join(', ')})`]))
}

function emittedView(
  { index, kind, to, by, seq, ack, acceptable, time }: CaseTrace['emitted'][number],
  { hosts }: CaseTrace,
  laneOf: (host: number) => number,
  server: number,
): EmittedView {
  const reset = kind === 'tcp-rst'
  return {
    index,
    from: Math.max(BALANCER, laneOf(by)),
    to: to === 'client' ? CLIENT : server,
    label: `${reset ? 'RST' : 'ICMP error'} to ${to}`,
    by: by === Host.loadBalancer ? 'lb' : (hosts[by] ?? 'unknown'),
    towards: to,
    seq: reset ? seq : undefined,
    ack: reset ? ack : undefined,
    acceptable,
    time,
  }
}

import { Host, nameOf, Reason } from '../../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import { contentWords } from '../packet-words.ts'
import { heldOf } from './expected.ts'
import type { EmittedView, TraceView } from './view.ts'
import type { Words } from './words.ts'

/** Lanes of the client and the load balancer; hosts follow, the server is the last. */
const CLIENT = 0
const BALANCER = 1
const FIRST_HOST = 2
const NOBODY = -1
/** Hosts that get a lane each whether packets met them or not. */
const FEW = 4
const ON_THE_PATH = -2

const OBSERVED: Readonly<Record<string, string>> = {
  u: 'undecided',
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
  n: 'not run',
}

/** A trace as the page draws it: codes become words and lanes, and each packet gets what was expected of it. */
export function traceView(finished: CaseFinished, trace: CaseTrace, words: Words): TraceView {
  const held = heldOf(finished, trace)
  const hosts = drawnHosts(trace)
  const laneOf = (host: number): number => {
    if (host === Host.loadBalancer) return BALANCER
    if (host === Host.path) return ON_THE_PATH
    const at = hosts.indexOf(host)
    return at < 0 ? NOBODY : at + FIRST_HOST
  }
  const all = trace.number.map((_, index) => index)
  const parts = partsByPacket(trace)
  return {
    lanes: ['client', 'lb', ...hosts.map((host) => trace.hosts[host] ?? ''), 'server'],
    phases: trace.phases,
    flows: trace.flows.length,
    number: trace.number,
    time: trace.time,
    flow: trace.flow,
    direction: trace.direction,
    label: all.map((i) =>
      words.of(contentWords(trace.kind[i] ?? 0, trace.flags[i] ?? 0, trace.payload[i] ?? 0)),
    ),
    phase: trace.phase,
    via: trace.host.map(laneOf),
    by: trace.by.map(laneOf),
    verdict: trace.verdict,
    observed: all.map((i) => words.of(`${observedWords(trace, i)}${parts.get(i) ?? ''}`)),
    expected: held.map((one) => words.of(one?.expected)),
    held: held.map((one) => (one === undefined ? 0 : one.met ? 1 : one.level === 'provisional' ? 2 : 3)),
    emitted: trace.emitted.map((entry) => emittedView(entry, laneOf(entry.by), hosts.length + FIRST_HOST)),
    note: noteOf(trace),
    events: trace.events.map(({ before, label }) => ({ before, label })),
  }
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
  { index, kind, to, seq, ack, acceptable }: CaseTrace['emitted'][number],
  from: number,
  server: number,
): EmittedView {
  return {
    index,
    from: Math.max(BALANCER, from),
    to: to === 'client' ? CLIENT : server,
    label: `${kind === 'tcp-rst' ? 'RST' : 'ICMP'} to ${to}`,
    numbers: kind === 'tcp-rst' ? `seq ${seq} ack ${ack}` : '',
    acceptable,
  }
}

/** What a reader must know before he believes the drops: controls, and how the verdicts are known. */
function noteOf({ controls, knowledge }: CaseTrace): string {
  const names = { wire: 'w', log: 'l', self: 's' }
  const known = Object.entries(names)
    .map(([name, letter]) => [name, knowledge.split(letter).length - 1] as const)
    .flatMap(([name, count]) => (count > 0 ? [`${count} by ${name}`] : []))
  const verdicts = known.length === 0 ? '' : `; verdicts known ${known.join(', ')}`
  return `${controls.out} of ${controls.sent} controls came out${verdicts}`
}

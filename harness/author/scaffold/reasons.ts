import { Kind, type ReasonName, Tcp } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import type { Knob, Setup } from '../../model/setup.ts'
import { getProfile, type Knobs, profileNames, profileOf } from '../../profile/index.ts'
import { type Answer, answerOf, type Line } from './condense.ts'

/** Where a reason is known from, in the keys of a suite. */
export interface SourceText {
  readonly mark: string
  readonly where: string
  readonly product?: string
}

/** Why an answer is proposed. */
export interface Why {
  /** One sentence. */
  readonly sentence: string
  /** Of the setting that decides it; absent: no one setting does. */
  readonly source?: SourceText
}

/** What a case showed, beside the line that a reason is asked for. */
export interface Shown {
  readonly setup: Setup
  readonly trace: CaseTrace
  /** Growth of StreamExceptionPolicyPackets over all hosts. */
  readonly exceptions: number
}

type Reasoner = (by: string, shown: Shown, flags: number) => readonly [string, (keyof Knobs | undefined)?]

/** A sentence for each of the reasons that engines and load balancers give, and the setting that decides it. */
const REASONS: Readonly<Record<Exclude<ReasonName, 'none'>, Reasoner>> = {
  'stream midstream': (by, { setup }) => [
    `${by} has no session for this flow, so the stream exception policy "${setup.policy.exception}" applies.`,
    'policies',
  ],
  'flow drop': (by) => [
    `${by} has marked the flow at an earlier packet, and drops what follows.`,
    'missScope',
  ],
  'stream error': (by, _shown, flags) =>
    (flags & Tcp.rst) !== 0
      ? [`${by} knows no connection that this reset could end.`, 'rstOnMiss']
      : [`The packet does not fit the connection as ${by} knows it.`, 'dropInvalid'],
  rules: (by) => [`A rule of the setup stops it at ${by}.`],
  'default action': (by) => [`No rule matches at ${by}, and a default action of the setup stops it.`],
  'decode error': (by) => [`${by} cannot read it as what it claims to be.`],
  'defrag error': (by) => [`${by} cannot put its fragments together.`, 'fragmentOverlap'],
  'idle timeout': (by) => [
    by === 'lb'
      ? 'The load balancer has forgotten the flow, which was idle for longer than its time-out.'
      : `${by} has forgotten the flow, which was idle for longer than its time-out.`,
    by === 'lb' ? 'lbTcpIdle' : 'tcpEstablished',
  ],
  'not in flow table': () => [
    'The load balancer does not know the flow, and the packet opens none.',
    'lbNonSynMiss',
  ],
  'target unreachable': () => ['The host that the load balancer keeps the flow on is away.', 'lbFailover'],
  'flow table full': (by) => [`The flow table of ${by} is full.`, by === 'lb' ? undefined : 'onTableFull'],
  bypass: () => ['It goes round the firewalls.'],
  stateless: (by) => [`The stateless engine of ${by} decides it.`],
  'ct invalid': (by) => [`It is of no connection that ${by} tracks.`, 'invalid'],
  'ct new': (by) => [`${by} would begin to track it, but it opens no connection.`, 'policies'],
  'packet too big': () => ['It is larger than an interface on the way takes.'],
  'unknown flow cookie': () => ['The load balancer knows no flow of the cookie that its tunnel names.'],
  'cookie of another flow': () => ['Its tunnel names the cookie of another flow.'],
  'wrong tunnel port': () => ['It came back by other UDP ports than its flow has.'],
  'wrong tunnel options': () => ['It came back with other options of its tunnel than it was sent with.'],
  'fragmented by host': () => ['It came back whole though it was sent in fragments, or the other way round.'],
  'header not captured': () => [
    'The snapshot length of the capture cut it within a header: record it whole.',
  ],
}

/** Why a line is proposed, in a sentence, and the document of the setting that decides it. */
export function whyOf({ answer, first, place }: Line, shown: Shown): Why {
  // Where packets differ in who decided them and why, the line itself does not say it.
  const whole = answerOf(shown.trace, first) ?? answer
  const { by = 'unknown', reason } = whole
  const flags = tcpFlags(shown.trace, first)
  const [sentence, knob] =
    reason !== undefined && reason !== 'none'
      ? REASONS[reason](by, shown, flags)
      : whole.verdict === 'forward'
        ? whyPassed(by, first, shown)
        : [by === 'path' ? 'It is lost on its way to a host that is away.' : `${by} does not pass it on.`]
  const told = whole.verdict === 'reject' ? ` ${toldWords(whole)}` : ''
  const isOfFirst = answer.by !== whole.by && (place === 'all' || place === 'rest')
  const text = `${isOfFirst ? 'Of the first of them: ' : ''}${sentence}${told}`
  return { sentence: text, ...(isOfFirst ? {} : sourceOf(shown.setup, knob)) }
}

function toldWords({ towards }: Answer): string {
  if (towards === 'both') return 'Both ends are told.'
  return towards === undefined ? 'Nobody is told.' : `Its ${towards} is told.`
}

/** Why a packet passed: reasons are given for what does not. */
function whyPassed(host: string, first: number, shown: Shown): readonly [string, (keyof Knobs)?] {
  const { setup, trace, exceptions } = shown
  if (host === 'path') return ['It goes round the firewalls, so nothing stops it.']
  if (opens(trace, first)) return [`${host} sees the flow open, and what follows belongs to that session.`]
  const { exception, mode } = setup.policy
  const goesOn = exception === 'continue' || mode === 'monitor'
  if (exceptions > 0 && goesOn)
    return [
      `${host} has no session for this flow, and the policy "continue" leaves it to the rules, none of which stops it.`,
      'continueMode',
    ]
  const before = trace.by[lastBefore(trace, first)]
  if (before === undefined) return [`${host} takes it as the beginning of a flow.`, 'asyncOneside']
  if (before === trace.by[first]) return [`${host} still has the session of this flow.`]
  const { kind } = setup.topology.sharing
  return kind === 'none'
    ? [`${host} passes it on, as the policy "${exception}" is not about this kind of packet.`]
    : [`${host} knows the session of this flow by sharing "${kind}".`]
}

function opens(trace: CaseTrace, index: number): boolean {
  return isTcp(trace, index)
    ? (tcpFlags(trace, index) & (Tcp.syn | Tcp.ack)) === Tcp.syn
    : lastBefore(trace, index) < 0
}

/** The flags of TCP; 0 of any other packet. */
function tcpFlags(trace: CaseTrace, index: number): number {
  return isTcp(trace, index) ? (trace.flags[index] ?? 0) : 0
}

function isTcp({ kind }: CaseTrace, index: number): boolean {
  return kind[index] === Kind.tcp4 || kind[index] === Kind.tcp6
}

/** The packet of the same flow before one; -1: there is none. */
function lastBefore(trace: CaseTrace, index: number): number {
  for (let i = index - 1; i >= 0; i--) if (trace.flow[i] === trace.flow[index]) return i
  return -1
}

function sourceOf(setup: Setup, name: keyof Knobs | undefined): { readonly source?: SourceText } {
  if (name === undefined) return {}
  const profile = profileOf(setup)
  const knob: Knob<unknown> | undefined = profile.knobs[name]
  if (knob === undefined) return {}
  const { mark, source: where } = knob
  const weak = mark === 'MEM' || mark === 'INF'
  return { source: { mark, where, ...(weak ? {} : { product: productOf(where, profile.product) }) } }
}

/** Whose fact it is: of the product that the source names, else of the profile's. */
function productOf(where: string, own: string): string {
  const products = [...new Set(profileNames().map((name) => getProfile(name).product))]
  return products.find((product) => new RegExp(`\\b${product}\\b`, 'i').test(where)) ?? own
}

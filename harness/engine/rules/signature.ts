import { Tcp } from '../../model/codes.ts'
import { AppProtocol } from '../app/app-view.ts'
import { wayOfBuffers } from './buffers.ts'
import { isQuestion } from './flowbits.ts'
import { LAST_PORT, type Ports } from './ports.ts'
import type { Rule, RuleProtocol } from './rule.ts'

/** What a drop or pass applies to: the packet, the flow, or the flow if the match was in the stream rather than in the packet. */
export const Scope = { packet: 0, flow: 1, flowIfStream: 2 } as const

/** Where content is searched: in single payloads, in the stream, or in both. Only TCP has streams. */
export const Look = { payload: 1, stream: 2 } as const

/**
 * A rule in the form used for matching; one with `<>` makes two, the second with its ends swapped. Kinds and scopes are those of Suricata 7
 * (detect-engine-build.c, signature types; detect-engine.c, their properties).
 */
export interface Signature {
  readonly rule: Rule
  readonly turned: boolean
  /** It tests only addresses and ports: evaluated for the first packet of a flow in each direction, and for packets without flow. */
  readonly ofFirst: boolean
  readonly scope: number
  /** An `AppProtocol` code; 0: any. */
  readonly appProtocol: number
  /** The direction of the packets that it is evaluated for; undefined: both. */
  readonly toServer: boolean | undefined
  /** It tests something that only packets of flows have. */
  readonly needsFlow: boolean
  /** Bits of `Look`; 0 without content. */
  readonly look: number
}

const APP_PROTOCOLS: Readonly<Partial<Record<RuleProtocol, number>>> = {
  http: AppProtocol.http,
  tls: AppProtocol.tls,
  ssh: AppProtocol.ssh,
  dns: AppProtocol.dns,
}

/** The signatures of a rule; `buffersProtocol` becomes their `appProtocol` unless the rule's own protocol gives one. */
export function signaturesOf(rule: Rule, buffersProtocol: number): Signature[] {
  const appProtocol = APP_PROTOCOLS[rule.protocol] ?? buffersProtocol
  const toServer = rule.flow?.toServer ?? wayOfBuffers(rule.buffers)
  const stateful = rule.flow !== undefined && (rule.flow.stateless || rule.flow.established !== undefined)
  const questions = rule.flowbits.some(isQuestion)
  const touches = rule.flowbits.some(({ command }) => command === 'unset' || command === 'toggle')
  const hasContent = rule.contents.length > 0
  const plain = !hasContent && rule.buffers.length === 0 && rule.flags.length === 0
  const hasMatch = stateful || questions || rule.flags.length > 0
  const ofAddresses = plain && appProtocol === 0 && !hasMatch && !touches && rule.flow?.toServer === undefined
  // Negated addresses keep a rule out of Suricata's address table, but its scope is still the flow.
  const negated = rule.source.negated || rule.destination.negated
  const signature = {
    rule,
    turned: false,
    ofFirst: ofAddresses && !negated,
    scope: scopeOf(),
    appProtocol,
    toServer,
    needsFlow: stateful || questions || appProtocol !== 0,
    look: hasContent ? lookOf(rule) : 0,
  }
  const to = (ports: Ports | undefined) => toServer ?? (isScan(rule, ports) ? true : undefined)
  const straight = { ...signature, toServer: to(rule.destinationPorts) }
  if (!rule.bothWays) return [straight]
  return [straight, { ...signature, toServer: to(rule.sourcePorts), turned: true }]

  function scopeOf(): number {
    if (ofAddresses || rule.buffers.length > 0) return Scope.flow
    if (hasContent) return lookOf(rule) === Look.payload ? Scope.packet : Scope.flowIfStream
    return appProtocol !== 0 && !hasMatch ? Scope.flow : Scope.packet
  }
}

/** SYN alone, to some ports: Suricata evaluates it only for packets to the server (detect-engine-build.c, RulesGroupByPorts). */
function isScan({ flags }: Rule, ports: Ports | undefined): boolean {
  const toAll = ports === undefined || (ports[0] === 0 && ports[1] === LAST_PORT)
  return !toAll && flags.some((match) => match.mode !== '!' && match.flags === Tcp.syn)
}

/**
 * For TCP, content without offset and depth is searched in the stream, content with one of them in packets too; together with flags,
 * or with tcp-pkt, in packets only (detect-parse.c).
 */
function lookOf({ protocol, flags, contents }: Rule): number {
  if (protocol === 'tcp-pkt' || flags.length > 0 || protocol === 'udp' || protocol === 'icmp')
    return Look.payload
  if (protocol === 'tcp-stream') return Look.stream
  const placed = contents.some(({ offset, depth }) => offset >= 0 || depth >= 0)
  return placed ? Look.stream | Look.payload : Look.stream
}

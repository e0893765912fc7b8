import { Flag, PASSED, STATE_MASK, State } from '../engine/record.ts'
import { ADDRESS_BYTES, type RecordColumns } from '../engine/records/columns.ts'
import type { FlowEnd } from '../engine/records/flow-records.ts'
import { Verdict } from '../model/codes.ts'
import { hasPorts, Protocol } from '../wire/numbers.ts'
import { type EveClock, eveAddress, eveFlags, eveHex, eveProtocol, eveVlan } from './text.ts'

const TCP_STATES: Readonly<Record<number, string>> = {
  [State.synSent]: 'syn_sent',
  [State.synReceived]: 'syn_recv',
  [State.established]: 'established',
  [State.finWait1]: 'fin_wait1',
  [State.finWait2]: 'fin_wait2',
  [State.timeWait]: 'time_wait',
  [State.lastAck]: 'last_ack',
  [State.closeWait]: 'close_wait',
  [State.closing]: 'closing',
  [State.closed]: 'closed',
}

/**
 * Writes the events about flow entries: `flow`, and a `netflow` for each direction in which packets went. The methods return JSON text:
 * members that follow others, each after its comma.
 */
export class FlowEvents {
  readonly #columns: RecordColumns
  readonly #clock: EveClock

  constructor(columns: RecordColumns, clock: EveClock) {
    this.#columns = columns
    this.#clock = clock
  }

  /** The flow's tuple, from the client to the server or (`back`) in the opposite direction. */
  tuple(row: number, back: boolean): string {
    const vlan = eveVlan(this.#columns.vlan[row] ?? 0)
    const { source, sourcePort, destination, destinationPort } = this.#ends(row, back)
    const proto = eveProtocol(this.#columns.protocol[row] ?? 0)
    return `${vlan}${source}${sourcePort}${destination}${destinationPort},"proto":"${proto}"`
  }

  /** The counters so far, and the endpoints, as alerts show them. */
  soFar(row: number): string {
    const { source, sourcePort, destination, destinationPort } = this.#ends(row, false)
    return `,"flow":{${this.#counts(row)}${source}${destination}${sourcePort}${destinationPort}}`
  }

  /** The members of event `flow` after its header. */
  flow(row: number, reason: FlowEnd): string {
    const flow = `${this.#counts(row)},${this.#times(row)}${this.#end(row, reason)}${this.#fate(row)}`
    const tcp = this.#columns.protocol[row] === Protocol.tcp ? this.#tcp(row) : ''
    return `${this.#icmp(row, true)},"flow":{${flow}}${tcp}`
  }

  /** The members of event `netflow` after its header; `ended`: AWS Network Firewall gives there how the flow ended. */
  netflow(row: number, back: boolean, ended: FlowEnd | undefined): string {
    const { packets, bytes, minTtl, maxTtl, flags, protocol, start } = this.#columns
    const way = row * 2 + (back ? 1 : 0)
    const counted = `"pkts":${packets[way] ?? 0},"bytes":${bytes[way] ?? 0}`
    const times = `"start":"${this.#clock.timestamp(start[row] ?? 0)}",${this.#times(row)}`
    const ttl = `"min_ttl":${minTtl[way] ?? 0},"max_ttl":${maxTtl[way] ?? 0}`
    const end = ended === undefined ? '' : this.#end(row, ended)
    const tcp =
      protocol[row] === Protocol.tcp
        ? `,"tcp":{"tcp_flags":"${eveHex(flags[way] ?? 0)}"${eveFlags(flags[way] ?? 0)}}`
        : ''
    return `${this.#icmp(row, false, back)},"netflow":{${counted},${times},${ttl}${end}}${tcp}`
  }

  /** Whether packets of the server were seen. */
  wasAnswered(row: number): boolean {
    return (this.#columns.packets[row * 2 + 1] ?? 0) > 0
  }

  /** Addresses and ports, one member each; ports are empty if the protocol has none. */
  #ends(row: number, back: boolean) {
    const { addresses, version, protocol, ports } = this.#columns
    const client = row * 2 * ADDRESS_BYTES
    const server = client + ADDRESS_BYTES
    const six = version[row] ?? 4
    const pair = ports[row] ?? 0
    const withPorts = hasPorts(protocol[row] ?? 0)
    return {
      source: `,"src_ip":"${eveAddress(addresses, back ? server : client, six)}"`,
      sourcePort: withPorts ? `,"src_port":${back ? pair & 0xffff : pair >>> 16}` : '',
      destination: `,"dest_ip":"${eveAddress(addresses, back ? client : server, six)}"`,
      destinationPort: withPorts ? `,"dest_port":${back ? pair >>> 16 : pair & 0xffff}` : '',
    }
  }

  #counts(row: number): string {
    const { packets, bytes, start } = this.#columns
    const way = row * 2
    const counted = `"pkts_toserver":${packets[way] ?? 0},"pkts_toclient":${packets[way + 1] ?? 0}`
    const sized = `"bytes_toserver":${bytes[way] ?? 0},"bytes_toclient":${bytes[way + 1] ?? 0}`
    return `${counted},${sized},"start":"${this.#clock.timestamp(start[row] ?? 0)}"`
  }

  #times(row: number): string {
    const start = this.#columns.start[row] ?? 0
    const last = this.#columns.last[row] ?? 0
    const age = this.#clock.seconds(last) - this.#clock.seconds(start)
    return `"end":"${this.#clock.timestamp(last)}","age":${age}`
  }

  #end(row: number, reason: FlowEnd): string {
    const state = this.#stateWord(this.#columns.timed[row] ?? 0)
    return `,"state":"${state}","reason":"${reason}","alerted":${this.#columns.alerted[row] === 1}`
  }

  /** Suricata's mapping of sessions to flow states: LAST_ACK, TIME_WAIT and CLOSED are closed, an unanswered SYN is new. */
  #stateWord(state: number): string {
    if (state < State.established) return 'new'
    return state === State.lastAck || state === State.timeWait || state === State.closed
      ? 'closed'
      : 'established'
  }

  #fate(row: number): string {
    const exception = this.#columns.exception[row] ?? 0
    const marked = ((this.#columns.head[row] ?? 0) & Flag.marked) !== 0
    const passed = ((this.#columns.extra[row] ?? 0) & PASSED) !== 0
    const policy = exception === Verdict.reject ? 'reject' : 'drop_flow'
    const action = marked ? ',"action":"drop"' : passed ? ',"action":"pass"' : ''
    return exception === 0
      ? action
      : `${action},"exception_policy":[{"target":"stream_midstream","policy":"${policy}"}]`
  }

  #tcp(row: number): string {
    const toServer = this.#columns.flags[row * 2] ?? 0
    const toClient = this.#columns.flags[row * 2 + 1] ?? 0
    const both = toServer | toClient
    const state = TCP_STATES[(this.#columns.head[row] ?? 0) & STATE_MASK]
    const words = `"tcp_flags":"${eveHex(both)}","tcp_flags_ts":"${eveHex(toServer)}","tcp_flags_tc":"${eveHex(toClient)}"`
    return `,"tcp":{${words}${eveFlags(both)}${state === undefined ? '' : `,"state":"${state}"`}}`
  }

  /** Type and code of the query, and of the reply. */
  #icmp(row: number, ofFlow: boolean, back = false): string {
    const { protocol, icmp } = this.#columns
    if (protocol[row] !== Protocol.icmp && protocol[row] !== Protocol.icmp6) return ''
    const word = icmp[row] ?? 0
    const type = word >> 8
    const answer = answerTo(type, protocol[row] === Protocol.icmp6)
    const asked = `,"icmp_type":${type},"icmp_code":${word & 255}`
    if (!ofFlow) return back ? `,"icmp_type":${answer},"icmp_code":0` : asked
    return this.wasAnswered(row) ? `${asked},"response_icmp_type":${answer},"response_icmp_code":0` : asked
  }
}

/** Pairs of ICMP queries and replies, either way (RFC 792, 950, 1256; RFC 4443, 4861, 4620); 0 if there is none. */
function answerTo(type: number, six: boolean): number {
  for (const [one, other] of six ? PAIRS6 : PAIRS4) {
    if (type === one) return other
    if (type === other) return one
  }
  return 0
}

const PAIRS4 = [
  [8, 0],
  [10, 9],
  [13, 14],
  [15, 16],
  [17, 18],
] as const
const PAIRS6 = [
  [128, 129],
  [133, 134],
  [135, 136],
  [139, 140],
] as const

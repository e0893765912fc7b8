import { Flag, PASSED, STATE_MASK, State } from '../engine/record.ts'
import { ADDRESS_BYTES, type RecordColumns } from '../engine/records/columns.ts'
import type { FlowEnd } from '../engine/records/flow-records.ts'
import { Verdict } from '../model/codes.ts'
import { Protocol } from '../wire/numbers.ts'
import { type EveClock, eveAddress, eveFlags, eveHex, eveProtocol, eveVlan } from './text.ts'

type Json = Record<string, unknown>

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

/** Writes the events about flow entries: `flow`, and a `netflow` for each way that packets went. */
export class FlowEvents {
  readonly #columns: RecordColumns
  readonly #clock: EveClock

  constructor(columns: RecordColumns, clock: EveClock) {
    this.#columns = columns
    this.#clock = clock
  }

  /** Who talks to whom, from the client to the server or (`back`) the other way. */
  tuple(row: number, back: boolean): Json {
    const { addresses, version, protocol, ports, vlan } = this.#columns
    const client = row * 2 * ADDRESS_BYTES
    const server = client + ADDRESS_BYTES
    const six = version[row] ?? 4
    const pair = ports[row] ?? 0
    const withPorts = protocol[row] === Protocol.tcp || protocol[row] === Protocol.udp
    const port = (end: number) => (withPorts ? end : undefined)
    return {
      vlan: eveVlan(vlan[row] ?? 0),
      src_ip: eveAddress(addresses, back ? server : client, six),
      src_port: port(back ? pair & 0xffff : pair >>> 16),
      dest_ip: eveAddress(addresses, back ? client : server, six),
      dest_port: port(back ? pair >>> 16 : pair & 0xffff),
      proto: eveProtocol(protocol[row] ?? 0),
    }
  }

  /** What has been counted so far, as alerts show it. */
  soFar(row: number): Json {
    const { packets, bytes, start } = this.#columns
    return {
      pkts_toserver: packets[row * 2],
      pkts_toclient: packets[row * 2 + 1],
      bytes_toserver: bytes[row * 2],
      bytes_toclient: bytes[row * 2 + 1],
      start: this.#clock.timestamp(start[row] ?? 0),
    }
  }

  /** The members of event `flow` behind its header. */
  flow(row: number, reason: FlowEnd): Json {
    const head = this.#columns.head[row] ?? 0
    return {
      ...this.#icmp(row, true),
      flow: { ...this.soFar(row), ...this.#times(row, false), ...this.#end(row, reason), ...this.#fate(row) },
      ...(this.#columns.protocol[row] === Protocol.tcp ? { tcp: this.#tcp(row, head) } : {}),
    }
  }

  /** The members of event `netflow` behind its header; `ended`: AWS Network Firewall says there how the flow ended. */
  netflow(row: number, back: boolean, ended: FlowEnd | undefined): Json {
    const { packets, bytes, minTtl, maxTtl, flags, protocol } = this.#columns
    const way = row * 2 + (back ? 1 : 0)
    const seen = flags[way] ?? 0
    return {
      ...this.#icmp(row, false, back),
      netflow: {
        pkts: packets[way],
        bytes: bytes[way],
        ...this.#times(row, true),
        min_ttl: minTtl[way],
        max_ttl: maxTtl[way],
        ...(ended === undefined ? {} : this.#end(row, ended)),
      },
      ...(protocol[row] === Protocol.tcp ? { tcp: { tcp_flags: eveHex(seen), ...eveFlags(seen) } } : {}),
    }
  }

  /** Whether the server was heard. */
  wasAnswered(row: number): boolean {
    return (this.#columns.packets[row * 2 + 1] ?? 0) > 0
  }

  #times(row: number, withStart: boolean): Json {
    const start = this.#columns.start[row] ?? 0
    const last = this.#columns.last[row] ?? 0
    return {
      ...(withStart ? { start: this.#clock.timestamp(start) } : {}),
      end: this.#clock.timestamp(last),
      age: this.#clock.seconds(last) - this.#clock.seconds(start),
    }
  }

  #end(row: number, reason: FlowEnd): Json {
    return {
      state: this.#stateWord(this.#columns.timed[row] ?? 0),
      reason,
      alerted: this.#columns.alerted[row] === 1,
    }
  }

  /** As Suricata maps sessions to flows: LAST_ACK, TIME_WAIT and CLOSED are closed, an unanswered SYN is new. */
  #stateWord(state: number): string {
    if (state < State.established) return 'new'
    return state === State.lastAck || state === State.timeWait || state === State.closed
      ? 'closed'
      : 'established'
  }

  #fate(row: number): Json {
    const exception = this.#columns.exception[row] ?? 0
    const marked = ((this.#columns.head[row] ?? 0) & Flag.marked) !== 0
    const passed = ((this.#columns.extra[row] ?? 0) & PASSED) !== 0
    const policy = exception === Verdict.reject ? 'reject' : 'drop_flow'
    return {
      ...(marked ? { action: 'drop' } : passed ? { action: 'pass' } : {}),
      ...(exception === 0 ? {} : { exception_policy: [{ target: 'stream_midstream', policy }] }),
    }
  }

  #tcp(row: number, head: number): Json {
    const toServer = this.#columns.flags[row * 2] ?? 0
    const toClient = this.#columns.flags[row * 2 + 1] ?? 0
    const state = TCP_STATES[head & STATE_MASK]
    return {
      tcp_flags: eveHex(toServer | toClient),
      tcp_flags_ts: eveHex(toServer),
      tcp_flags_tc: eveHex(toClient),
      ...eveFlags(toServer | toClient),
      ...(state === undefined ? {} : { state }),
    }
  }

  /** Type and code of the query, and of what answers it. */
  #icmp(row: number, ofFlow: boolean, back = false): Json {
    const { protocol, icmp } = this.#columns
    if (protocol[row] !== Protocol.icmp && protocol[row] !== Protocol.icmp6) return {}
    const word = icmp[row] ?? 0
    const type = word >> 8
    const answer = answerTo(type, protocol[row] === Protocol.icmp6)
    const asked = { icmp_type: type, icmp_code: word & 255 }
    if (!ofFlow) return back ? { icmp_type: answer, icmp_code: 0 } : asked
    return this.wasAnswered(row) ? { ...asked, response_icmp_type: answer, response_icmp_code: 0 } : asked
  }
}

/** Pairs of ICMP queries and answers, either way (RFC 792, 950, 1256; RFC 4443, 4861, 4620); 0 where there is none. */
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

import { type FlowEnd, FlowRecords, type RecordSink } from '../engine/records/flow-records.ts'
import type { AlertingRule, AlertSink } from '../engine/rules/alerts.ts'
import type { Emitted, Nanos, PacketBatch, Rebuilt } from '../model/batch.ts'
import { Verdict } from '../model/codes.ts'
import { Protocol } from '../wire/numbers.ts'
import { dropOf, stoppedVerdict } from './drop.ts'
import { FlowEvents } from './flow.ts'
import { type EveSubject, subjectOf } from './subject.ts'
import { EveClock, eveAddress, eveProtocol, eveVlan } from './text.ts'

/** Suricata's EVE as it is, or the part of it that AWS Network Firewall logs, in its envelope. */
export type EveFormat = 'suricata' | 'aws'
export const EVE_FORMATS: readonly EveFormat[] = ['suricata', 'aws']

type Json = Record<string, unknown>

interface Alert {
  readonly rule: AlertingRule
  readonly blocked: boolean
}

/**
 * Turns what the stateful engine decides into EVE events, one JSON text each: alerts and drops as they happen, flows and
 * netflows when a flow entry ends. AWS logs alerts and netflows only. What the stateless engine or the load balancer decided
 * is in neither, as in the real logs.
 */
export class EveOutput implements RecordSink, AlertSink {
  /** What an engine is given beside this, the sink of its alerts. */
  readonly records: FlowRecords = new FlowRecords(this)
  readonly #hosts: readonly string[]
  readonly #format: EveFormat
  readonly #write: (line: string) => void
  readonly #clock = new EveClock()
  readonly #flows = new FlowEvents(this.records.columns, this.#clock)
  readonly #alerts: Alert[] = []

  /** `write` takes each event as a line without its end. */
  constructor(hosts: readonly string[], format: EveFormat, write: (line: string) => void) {
    this.#hosts = hosts
    this.#format = format
    this.#write = write
  }

  alert(
    rule: AlertingRule,
    _batch: PacketBatch,
    _index: number,
    _host: number,
    _toServer: boolean,
    blocked: boolean,
  ): void {
    // Written once the packet is decided and counted, as the event shows both.
    this.#alerts.push({ rule, blocked })
  }

  decided(batch: PacketBatch, cause: number | Rebuilt, host: number, row: number, toServer: boolean): void {
    const index = typeof cause === 'number' ? cause : cause.index
    const verdict = batch.verdict[index] ?? 0
    if (this.#alerts.length === 0 && verdict === Verdict.forward) return
    this.#tick()
    const subject = subjectOf(batch, cause)
    const direction = row < 0 ? {} : { direction: toServer ? 'to_server' : 'to_client' }
    const emitted = batch.emitted.filter((each) => each.cause === index)
    if (row >= 0 && this.#alerts.length > 0) this.records.columns.alerted[row] = 1
    for (const alert of this.#alerts)
      this.#event(batch.time[index] ?? 0, host, {
        ...this.#header('alert', batch, cause, subject, row),
        alert: alertOf(alert),
        ...direction,
        ...this.#flowSoFar(row),
        verdict: verdictOf(verdict, emitted, this.#alerts),
      })
    if (verdict !== Verdict.forward && this.#format === 'suricata') {
      const blocking = this.#alerts.find(({ blocked }) => blocked)
      this.#event(batch.time[index] ?? 0, host, {
        ...this.#header('drop', batch, cause, subject, row),
        ...direction,
        drop: dropOf(subject, batch.reason[index] ?? 0),
        verdict: stoppedVerdict(emitted),
        ...(blocking === undefined ? {} : { alert: alertOf(blocking) }),
      })
    }
    this.#alerts.length = 0
  }

  ended(row: number, reason: FlowEnd, at: Nanos): void {
    const flows = this.#flows
    const { columns } = this.records
    this.#tick()
    const host = columns.host[row] ?? 0
    const event = (type: string, back: boolean, members: Json) =>
      this.#event(at, host, {
        timestamp: this.#clock.timestamp(at),
        flow_id: columns.serial[row],
        event_type: type,
        ...flows.tuple(row, back),
        ...members,
      })
    const aws = this.#format === 'aws'
    if (!aws) event('flow', false, flows.flow(row, reason))
    event('netflow', false, flows.netflow(row, false, aws ? reason : undefined))
    if (flows.wasAnswered(row)) event('netflow', true, flows.netflow(row, true, aws ? reason : undefined))
  }

  #header(type: string, batch: PacketBatch, cause: number | Rebuilt, subject: EveSubject, row: number): Json {
    const index = typeof cause === 'number' ? cause : cause.index
    const { bytes, l4, version, protocol } = subject
    const number = batch.number[index] ?? 0
    const isIcmp = l4 >= 0 && (protocol === Protocol.icmp || protocol === Protocol.icmp6)
    const port = (end: number) => (end < 0 ? undefined : end)
    return {
      timestamp: this.#clock.timestamp(batch.time[index] ?? 0),
      flow_id: row < 0 ? undefined : this.records.columns.serial[row],
      pcap_cnt: number === 0 ? undefined : number,
      event_type: type,
      vlan: eveVlan(batch.vlan[index] ?? 0),
      ...(subject.l3 < 0
        ? {}
        : {
            src_ip: eveAddress(bytes, subject.source, version),
            src_port: port(subject.sourcePort),
            dest_ip: eveAddress(bytes, subject.destination, version),
            dest_port: port(subject.destinationPort),
            proto: eveProtocol(protocol),
            ...(isIcmp ? { icmp_type: bytes[l4], icmp_code: bytes[l4 + 1] } : {}),
          }),
      pkt_src: typeof cause === 'number' ? 'wire/pcap' : 'defrag',
    }
  }

  #flowSoFar(row: number): Json {
    if (row < 0) return {}
    const { src_ip, dest_ip, src_port, dest_port } = this.#flows.tuple(row, false)
    return { flow: { ...this.#flows.soFar(row), src_ip, dest_ip, src_port, dest_port } }
  }

  #event(at: Nanos, host: number, event: Json): void {
    const whole = { ...event, host: this.#hosts[host] }
    const aws = {
      firewall_name: 'flowbreak',
      availability_zone: 'none',
      event_timestamp: String(this.#clock.seconds(at)),
      event: whole,
    }
    this.#write(JSON.stringify(this.#format === 'aws' ? aws : whole))
  }

  /** The capture's epoch is known once a packet was read. */
  #tick(): void {
    this.#clock.epoch = this.records.epoch
  }
}

function alertOf({ rule, blocked }: Alert): Json {
  return {
    action: blocked ? 'blocked' : 'allowed',
    gid: 1,
    signature_id: rule.sid,
    rev: rule.rev,
    signature: rule.msg,
    category: rule.category,
    severity: rule.priority,
  }
}

/** What became of the packet as a whole; `alert` where nothing stopped it and no rule passed it. */
function verdictOf(verdict: number, emitted: readonly Emitted[], alerts: readonly Alert[]): Json {
  if (verdict !== Verdict.forward) return stoppedVerdict(emitted)
  return { action: alerts.some(({ rule }) => rule.action === 'pass') ? 'pass' : 'alert' }
}

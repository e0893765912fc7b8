import { type FlowEnd, FlowRecords, type RecordSink } from '../engine/records/flow-records.ts'
import type { AlertingRule, AlertSink } from '../engine/rules/alerts.ts'
import type { Emitted, Nanos, PacketBatch, Rebuilt } from '../model/batch.ts'
import { Verdict } from '../model/codes.ts'
import { Protocol } from '../wire/numbers.ts'
import { dropOf, stoppedVerdict } from './drop.ts'
import { FlowEvents } from './flow.ts'
import { type EveSubject, subjectOf } from './subject.ts'
import { EveClock, eveAddress, eveProtocol, eveVlan } from './text.ts'

/** Suricata's EVE, or the part of it that AWS Network Firewall logs, in its envelope. */
export type EveFormat = 'suricata' | 'aws'
export const EVE_FORMATS: readonly EveFormat[] = ['suricata', 'aws']

interface Alert {
  readonly rule: AlertingRule
  readonly blocked: boolean
}

/**
 * Turns decisions of the stateful engine into EVE events, one JSON text each: alerts and drops as they happen, flows and
 * netflows when a flow entry ends. AWS logs alerts and netflows only. Decisions of the stateless engine or the load balancer
 * are in neither, as in the real logs.
 */
export class EveOutput implements RecordSink, AlertSink {
  /** The engine's record keeper; this object is its sink, and also the sink of alerts. */
  readonly records: FlowRecords = new FlowRecords(this)
  /** The member `host` of each host. */
  readonly #hosts: readonly string[]
  readonly #format: EveFormat
  readonly #write: (line: string) => void
  readonly #clock = new EveClock()
  readonly #flows = new FlowEvents(this.records.columns, this.#clock)
  readonly #alerts: Alert[] = []
  readonly #allowedTexts = new Map<AlertingRule, string>()
  readonly #blockedTexts = new Map<AlertingRule, string>()

  /** `write` receives each event as a line without line ending. */
  constructor(hosts: readonly string[], format: EveFormat, write: (line: string) => void) {
    this.#hosts = hosts.map((host) => `,"host":${JSON.stringify(host)}`)
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
    // Written once the packet is decided and counted, since the event shows both.
    this.#alerts.push({ rule, blocked })
  }

  decided(batch: PacketBatch, cause: number | Rebuilt, host: number, row: number, toServer: boolean): void {
    const index = typeof cause === 'number' ? cause : cause.index
    const verdict = batch.verdict[index] ?? 0
    if (this.#alerts.length === 0 && verdict === Verdict.forward) return
    this.#tick()
    const subject = subjectOf(batch, cause)
    const direction = row < 0 ? '' : `,"direction":"${toServer ? 'to_server' : 'to_client'}"`
    const emitted = batch.emitted.filter((each) => each.cause === index)
    const at = batch.time[index] ?? 0
    if (this.#alerts.length > 0) {
      if (row >= 0) this.records.columns.alerted[row] = 1
      const header = this.#header('alert', batch, cause, subject, row)
      const soFar = row < 0 ? '' : this.#flows.soFar(row)
      const behind = `${direction}${soFar},"verdict":${verdictOf(verdict, emitted, this.#alerts)}`
      for (const alert of this.#alerts)
        this.#event(at, host, `${header},"alert":${this.#alertText(alert)}${behind}`)
    }
    if (verdict !== Verdict.forward && this.#format === 'suricata') {
      const blocking = this.#alerts.find(({ blocked }) => blocked)
      const header = this.#header('drop', batch, cause, subject, row)
      const drop = JSON.stringify(dropOf(subject, batch.reason[index] ?? 0))
      const alert = blocking === undefined ? '' : `,"alert":${this.#alertText(blocking)}`
      const behind = `,"verdict":${JSON.stringify(stoppedVerdict(emitted))}${alert}`
      this.#event(at, host, `${header}${direction},"drop":${drop}${behind}`)
    }
    this.#alerts.length = 0
  }

  ended(row: number, reason: FlowEnd, at: Nanos): void {
    const flows = this.#flows
    const { columns } = this.records
    this.#tick()
    const host = columns.host[row] ?? 0
    const start = `"timestamp":"${this.#clock.timestamp(at)}","flow_id":${columns.serial[row] ?? 0}`
    const event = (type: string, back: boolean, members: string) =>
      this.#event(at, host, `${start},"event_type":"${type}"${flows.tuple(row, back)}${members}`)
    const aws = this.#format === 'aws'
    if (!aws) event('flow', false, flows.flow(row, reason))
    event('netflow', false, flows.netflow(row, false, aws ? reason : undefined))
    if (flows.wasAnswered(row)) event('netflow', true, flows.netflow(row, true, aws ? reason : undefined))
  }

  /** The first members of an event about a packet. */
  #header(
    type: string,
    batch: PacketBatch,
    cause: number | Rebuilt,
    subject: EveSubject,
    row: number,
  ): string {
    const index = typeof cause === 'number' ? cause : cause.index
    const number = batch.number[index] ?? 0
    const timestamp = `"timestamp":"${this.#clock.timestamp(batch.time[index] ?? 0)}"`
    const flow = row < 0 ? '' : `,"flow_id":${this.records.columns.serial[row] ?? 0}`
    const counted = number === 0 ? '' : `,"pcap_cnt":${number}`
    const vlan = eveVlan(batch.vlan[index] ?? 0)
    const ends = subject.l3 < 0 ? '' : endsOf(subject)
    const source = typeof cause === 'number' ? 'wire/pcap' : 'defrag'
    return `${timestamp}${flow}${counted},"event_type":"${type}"${vlan}${ends},"pkt_src":"${source}"`
  }

  #event(at: Nanos, host: number, members: string): void {
    const event = `{${members}${this.#hosts[host] ?? ''}}`
    if (this.#format === 'suricata') this.#write(event)
    else {
      const envelope = '{"firewall_name":"flowbreak","availability_zone":"none"'
      this.#write(`${envelope},"event_timestamp":"${this.#clock.seconds(at)}","event":${event}}`)
    }
  }

  /** An alert's members about its rule, which are the same each time. */
  #alertText({ rule, blocked }: Alert): string {
    const texts = blocked ? this.#blockedTexts : this.#allowedTexts
    const known = texts.get(rule)
    if (known !== undefined) return known
    const text = JSON.stringify(alertOf(rule, blocked))
    texts.set(rule, text)
    return text
  }

  /** The capture's epoch is known once a packet was read. */
  #tick(): void {
    this.#clock.epoch = this.records.epoch
  }
}

/** Addresses, ports and protocol of a packet; type and code of one of ICMP. */
function endsOf({ bytes, l4, version, protocol, ...ends }: EveSubject): string {
  const port = (name: string, end: number) => (end < 0 ? '' : `,"${name}":${end}`)
  const source = `,"src_ip":"${eveAddress(bytes, ends.source, version)}"${port('src_port', ends.sourcePort)}`
  const destination = `,"dest_ip":"${eveAddress(bytes, ends.destination, version)}"${port('dest_port', ends.destinationPort)}`
  const isIcmp = l4 >= 0 && (protocol === Protocol.icmp || protocol === Protocol.icmp6)
  const icmp = isIcmp ? `,"icmp_type":${bytes[l4] ?? 0},"icmp_code":${bytes[l4 + 1] ?? 0}` : ''
  return `${source}${destination},"proto":"${eveProtocol(protocol)}"${icmp}`
}

function alertOf(rule: AlertingRule, blocked: boolean) {
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

/** The verdict on the packet as a whole; `alert` if nothing stopped it and no rule passed it. */
function verdictOf(verdict: number, emitted: readonly Emitted[], alerts: readonly Alert[]): string {
  if (verdict !== Verdict.forward) return JSON.stringify(stoppedVerdict(emitted))
  return alerts.some(({ rule }) => rule.action === 'pass') ? '{"action":"pass"}' : '{"action":"alert"}'
}

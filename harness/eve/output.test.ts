import { expect } from 'chai'
import { Lab, type LabOptions, packet } from '../engine/example-engine.test.ts'
import type { AlertingRule } from '../engine/rules/alerts.ts'
import { EveOutput } from './output.ts'

type Event = Record<string, unknown>

const RULE: AlertingRule = {
  sid: 7,
  rev: 3,
  msg: 'a "quoted" name\u001b[31m',
  priority: 2,
  category: 'Misc activity',
  action: 'drop',
}

function replay(lines: readonly string[], format: 'suricata' | 'aws' = 'suricata', options: LabOptions = {}) {
  const text: string[] = []
  const output = new EveOutput(['fw-a', 'fw-b'], format, (line) => text.push(line))
  output.records.epoch = 1_732_156_800n * 1_000_000_000n
  const lab = new Lab({ ...options, records: output.records })
  lab.play(...lines)
  lab.engine.finish()
  return { text, output, lab, events: text.map((line): Event => JSON.parse(line)) }
}

/** `event.flow.state` and the like. */
function at(event: Event | undefined, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Event | undefined)?.[key], event)
}

/** Members that readers of EVE rely on, by type of event, each with its type. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  drop: {
    timestamp: 'string',
    flow_id: 'number',
    pcap_cnt: 'number',
    src_ip: 'string',
    src_port: 'number',
    dest_ip: 'string',
    dest_port: 'number',
    proto: 'string',
    direction: 'string',
    'drop.len': 'number',
    'drop.tcpseq': 'number',
    'drop.syn': 'boolean',
    'drop.reason': 'string',
    'verdict.action': 'string',
    host: 'string',
  },
  flow: {
    timestamp: 'string',
    flow_id: 'number',
    'flow.pkts_toserver': 'number',
    'flow.bytes_toclient': 'number',
    'flow.start': 'string',
    'flow.end': 'string',
    'flow.age': 'number',
    'flow.state': 'string',
    'flow.reason': 'string',
    'flow.alerted': 'boolean',
    'tcp.tcp_flags': 'string',
    'tcp.tcp_flags_ts': 'string',
    'tcp.tcp_flags_tc': 'string',
  },
  netflow: {
    'netflow.pkts': 'number',
    'netflow.bytes': 'number',
    'netflow.start': 'string',
    'netflow.end': 'string',
    'netflow.age': 'number',
    'netflow.min_ttl': 'number',
    'netflow.max_ttl': 'number',
    'tcp.tcp_flags': 'string',
  },
}

describe('eve', () => {
  it('has what readers of EVE rely on, each of its type', () => {
    const { events } = replay(['> A 1 1', '< A 1 1 @0.25', '> A 1 1 @1'], 'suricata', { exception: 'reject' })
    expect(events.map(({ event_type: type }) => type)).to.deep.equal([
      'drop',
      'drop',
      'drop',
      'flow',
      'netflow',
      'netflow',
    ])
    for (const event of events)
      for (const [path, type] of Object.entries(REQUIRED[String(event.event_type)] ?? {}))
        expect(at(event, path), `${event.event_type} ${path}`).to.be.a(type)
  })

  it('says who was told, why, where and when', () => {
    const { events } = replay(['> A 5 1 host=1 @1.5', '< A 1 5 host=1 @2'], 'suricata', {
      exception: 'reject',
    })
    expect(events[0]).to.deep.include({
      timestamp: '2024-11-21T02:40:01.500000+0000',
      host: 'fw-b',
      direction: 'to_server',
      verdict: { action: 'drop', 'reject-target': 'to_client', reject: ['tcp-reset'] },
    })
    expect(at(events[0], 'drop.reason')).to.equal('stream midstream')
    expect(events[1]).to.deep.include({ direction: 'to_client', verdict: { action: 'drop' } })
    expect(at(events[2], 'flow.exception_policy')).to.deep.equal([
      { target: 'stream_midstream', policy: 'reject' },
    ])
    expect(at(events[2], 'flow.action')).to.equal('drop')
  })

  it('tells ICMP rejects, both ends, and default actions, in the words of EVE', () => {
    const udp = replay(['> UDP'], 'suricata', {
      profile: 'suricata-7',
      rules: ['reject udp any any -> any any (sid:1;)'],
    })
    expect(at(udp.events[0], 'verdict.reject')).to.deep.equal(['icmp-prohib'])
    const both = replay(['> A 1 1'], 'suricata', { exception: 'reject', knobs: { rejectTarget: 'both' } })
    expect(at(both.events[0], 'verdict.reject-target')).to.equal('both')
    const policy = { ruleOrder: 'strict', defaultActions: ['aws:drop_strict'] } as const
    expect(at(replay(['> UDP'], 'suricata', { policy }).events[0], 'drop.reason')).to.equal('rules')
  })

  it('writes an alert with what was counted up to it, then the drop that it explains', () => {
    const { output, lab, text } = replay([])
    output.alert(RULE, lab.batch, 0, 0, true, true)
    lab.play('> A 1 1 len=10')
    lab.engine.finish()
    const [alert, drop, flow] = text.map((line): Event => JSON.parse(line))
    expect(alert).to.deep.include({
      event_type: 'alert',
      alert: {
        action: 'blocked',
        gid: 1,
        signature_id: 7,
        rev: 3,
        signature: RULE.msg,
        category: 'Misc activity',
        severity: 2,
      },
      direction: 'to_server',
      verdict: { action: 'drop' },
      pkt_src: 'wire/pcap',
    })
    expect(alert?.flow).to.deep.equal({
      pkts_toserver: 1,
      pkts_toclient: 0,
      bytes_toserver: 64,
      bytes_toclient: 0,
      start: '2024-11-21T02:40:00.000000+0000',
      src_ip: '192.0.2.10',
      dest_ip: '198.51.100.80',
      src_port: 40_000,
      dest_port: 80,
    })
    expect(at(drop, 'alert.signature_id')).to.equal(7)
    expect(at(flow, 'flow.alerted')).to.equal(true)
    expect(text[0]).not.to.include('\u001b')
  })

  it('says of an alert that stopped nothing whether a rule passed the packet', () => {
    for (const [action, verdict] of [
      ['alert', 'alert'],
      ['pass', 'pass'],
    ] as const) {
      const { output, lab, text } = replay([])
      output.alert({ ...RULE, action }, lab.batch, 0, 0, true, false)
      lab.play('> S 0')
      const event: Event = JSON.parse(text[0] ?? '')
      expect([event.event_type, at(event, 'verdict.action'), at(event, 'alert.action')]).to.deep.equal([
        'alert',
        verdict,
        'allowed',
      ])
    }
  })

  it('writes for AWS what AWS Network Firewall logs: alerts and netflows in its envelope', () => {
    const { events } = replay(['> A 1 1', '< A 1 1 @2'], 'aws')
    expect(events.map((event) => at(event, 'event.event_type'))).to.deep.equal(['netflow', 'netflow'])
    expect(events[0]).to.include({
      firewall_name: 'flowbreak',
      availability_zone: 'none',
      event_timestamp: '1732156802',
    })
    expect(at(events[0], 'event.netflow')).to.deep.include({
      pkts: 1,
      state: 'new',
      reason: 'shutdown',
      alerted: false,
    })
    expect(at(events[0], 'event.tcp')).to.deep.equal({ tcp_flags: '00' })
  })

  it('gives a flow one id, and another entry of the same tuple another', () => {
    const { events } = replay(['> A 1 1', '< A 1 1', '> S 0', '< R 0'])
    const ids = events.filter(({ event_type: type }) => type === 'drop').map(({ flow_id: id }) => id)
    expect(new Set(ids.slice(0, 2)).size).to.equal(1)
    const flows = events.filter(({ event_type: type }) => type === 'flow').map(({ flow_id: id }) => id)
    expect(flows).to.deep.equal([1, 2])
  })

  it('writes IPv6 addresses in full, and leaves ports away where there are none', () => {
    const { events } = replay(['> PING'], 'suricata', { frames: { family: 'ipv6' } })
    expect(events[0]).to.include({ proto: 'IPv6-ICMP', icmp_type: 128, icmp_code: 0 })
    expect(events[0]).not.to.have.any.keys('src_port', 'dest_port')
    expect(events[0]?.src_ip).to.equal('2020:2020:2020:2020:2020:2020:2020:2001')
  })

  it('tells of packets of no flow without one', () => {
    const text: string[] = []
    const output = new EveOutput(['fw-a'], 'suricata', (line) => text.push(line))
    const policy = { ruleOrder: 'strict', defaultActions: ['aws:drop_strict'] } as const
    const lab = new Lab({ records: output.records, policy })
    // An ICMP error that quotes nothing.
    const error = packet('> PING')
    error.bytes[34] = 3
    lab.play(error)
    const event: Event = JSON.parse(text[0] ?? '')
    expect(event).to.include({ event_type: 'drop', proto: 'ICMP', icmp_type: 3 })
    expect(event).not.to.have.any.keys('flow_id', 'direction')
  })
})

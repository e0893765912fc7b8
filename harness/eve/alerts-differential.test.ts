import { expect } from 'chai'
import { Engine } from '../engine/engine.ts'
import { batchOf, readRecorded } from '../engine/oracle-cases.test.ts'
import { ORACLE_EPOCH, suricataEve } from '../engine/oracle-suricata.test.ts'
import { FlowTable } from '../flow/table.ts'
import { getProfile } from '../profile/index.ts'
import { EveOutput } from './output.ts'

const RULES = [
  'alert tcp any any -> any any (msg:"hello"; flags:S; sid:1; rev:3; priority:2; classtype:misc-activity;)',
  'drop udp any any -> any 53 (msg:"udp"; classtype:not-a-known-one; sid:2; rev:1;)',
  'reject icmp any any -> any any (msg:"icmp"; sid:3; rev:1;)',
  'alert tcp any any -> any any (msg:"established"; flow:established,to_client; flags:PA; classtype:trojan-activity; sid:4; rev:1;)',
]
const CAPTURES = ['http-get', 'dns-udp', 'icmp-echo', 'echo-ladder']
/** As in the other comparison, and what Suricata adds from its application layer. */
const APART: readonly string[] = [
  'flow_id',
  'host',
  'app_proto',
  'app_proto_ts',
  'app_proto_tc',
  'metadata',
  'http',
  'dns',
  'files',
  'tx_id',
  'tx_guessed',
]

function without(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const kept = Object.entries(value).filter(([key]) => !APART.includes(key))
  return Object.fromEntries(kept.map(([key, member]) => [key, without(member)]))
}

function sorted(lines: readonly string[], type: string): string[] {
  return lines
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ event_type: of }) => of === type)
    .map((event) => JSON.stringify(without(event)))
    .sort()
}

describe('eve: alerts as Suricata 7.0.10 writes them', () => {
  for (const name of CAPTURES.flatMap((capture) => [`${capture}-ipv4.pcap`, `${capture}-ipv6.pcap`]))
    it(name, async () => {
      const frames = readRecorded(name)
      const theirs = (await suricataEve(frames, { exception: 'drop', rules: RULES, flows: true })).split('\n')
      const ours: string[] = []
      const output = new EveOutput(['only'], 'suricata', (line) => ours.push(line))
      output.records.epoch = BigInt(ORACLE_EPOCH) * 1_000_000_000n
      const batch = batchOf(frames)
      new FlowTable().assign(batch)
      const policy = { exception: 'drop', ruleOrder: 'action', defaultActions: [] } as const
      const { records } = output
      const profile = getProfile('suricata-7')
      new Engine({ profile, policy, rules: RULES, hosts: 1, records, alerts: output }).decide(
        batch,
        0,
        batch.count,
      )
      expect(sorted(theirs, 'alert')).not.to.be.empty
      for (const type of ['alert', 'drop'])
        expect(sorted(ours, type), type).to.deep.equal(sorted(theirs, type))
    })
})

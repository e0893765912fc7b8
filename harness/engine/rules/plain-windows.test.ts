import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import { Reason } from '../../model/codes.ts'
import { getProfile } from '../../profile/index.ts'
import { Engine } from '../engine.ts'
import { batchOf, readRecorded } from '../oracle-cases.test.ts'

/** Numbers of the packets of a recording that the rules stop in a profile. */
function stopped(profile: string, capture: string, rule: string): number[] {
  const batch = batchOf(readRecorded(capture))
  new FlowTable().assign(batch)
  const policy = { exception: 'drop', ruleOrder: 'action', defaultActions: [] } as const
  new Engine({ profile: getProfile(profile), policy, rules: [rule], hosts: 1 }).decide(batch, 0, batch.count)
  return [...batch.reason.subarray(0, batch.count).keys()].filter((i) => batch.reason[i] === Reason.rules)
}

describe('engine/rules: the application layer, where plain windows are tracked', () => {
  const rules = [
    'drop http any any -> any any (sid:1;)',
    'drop http any any -> any any (http.method; content:"GET"; sid:1;)',
    'drop tcp any any -> any any (content:"GET "; startswith; sid:1;)',
  ]
  for (const rule of rules)
    it(`${rule}: stops the packet that it stops in suricata-7`, () => {
      const [first] = stopped('suricata-7', 'http-get-ipv4.pcap', rule)
      expect(first).to.be.a('number')
      for (const profile of ['pf', 'panos', 'fortinet'])
        expect(stopped(profile, 'http-get-ipv4.pcap', rule)[0], profile).to.equal(first)
    })
})

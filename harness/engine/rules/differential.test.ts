import { expect } from 'chai'
import { type OracleCase, readRecorded, recordedCaptures } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'
import { RULE_SETS } from './rule-sets.test.ts'

/** Packets of a capture that are played at most. */
const LONGEST = 60

describe('engine/rules against real Suricata', () => {
  const recorded = recordedCaptures().filter((name) => !name.includes('vlan'))
  const cases = recorded.filter((name) => !name.includes('fragments')).flatMap(variants)
  const fragments = recorded.filter((name) => name.includes('fragments')).flatMap(variants)

  for (const { name, rules } of RULE_SETS) {
    it(`${name}: every verdict, reason and alert`, async () => {
      const all = await compareRules(cases, rules)
      const rest = await compareRules(fragments, rules)
      const found = [...all.found, ...rest.found]
      console.info(
        `      ${all.packets + rest.packets} packets, ${all.stopped + rest.stopped} stopped, ${all.alerts + rest.alerts} alerts: ${found.length} differences`,
      )
      expect(found.slice(0, 40), rules.join('\n')).to.deep.equal([])
      expect(all.stopped + all.alerts).to.be.greaterThan(0)
    })
  }
})

describe('engine/rules against real Suricata: fragments', () => {
  for (const name of ['tcp-fragments-ipv4.pcap', 'udp-fragments-ipv4.pcap'])
    it(`${name}: alerts about fragments and the datagrams that they make`, async () => {
      const rules = [
        'alert ip any any -> any any (flow:stateless; sid:1;)',
        'alert ip any any -> any any (flow:to_client; sid:2;)',
        'alert tcp any any -> any any (flags:PA; sid:3;)',
        'alert ip any any -> any any (content:"1"; sid:4;)',
      ]
      const { found, alerts } = await compareRules([{ name, frames: readRecorded(name) }], rules)
      expect(found).to.deep.equal([])
      expect(alerts).to.be.greaterThan(0)
    })
})

/** A capture from its start, and cut before some of its first packets. */
function variants(name: string): OracleCase[] {
  const frames = readRecorded(name).slice(0, LONGEST)
  return [0, 1, 3, 6].map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }))
}

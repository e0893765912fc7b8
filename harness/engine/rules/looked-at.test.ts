import { expect } from 'chai'
import { ethernet, icmp, ipv4, ipv6 } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'

/** Bytes of which each says where it stands. */
const numbered = (length: number) => Uint8Array.from({ length }, (_, at) => 0x40 + at)
/** Types of ICMP; errors of ICMPv6 are another matter (docs/rules.md). */
const TYPES4 = [0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 30, 200]
const TYPES6 = [128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 143, 160, 200]
const OTHERS = [Protocol.gre, Protocol.esp, Protocol.authentication, Protocol.sctp, 2, 89, 253]
const LENGTHS = [0, 3, 4, 11, 12, 24, 40]

function cases(): OracleCase[] {
  const made: [string, Uint8Array][] = []
  for (const length of LENGTHS) {
    const body = numbered(length)
    for (const code of [0, 1, 9]) {
      for (const type of TYPES4)
        made.push([`icmp ${type}/${code} ${length}`, ipv4(Protocol.icmp, icmp(type, code, body))])
      for (const type of TYPES6)
        made.push([`icmp6 ${type}/${code} ${length}`, ipv6(Protocol.icmp6, icmp(type, code, body))])
    }
    for (const protocol of OTHERS) {
      made.push([`ipv4 ${protocol} ${length}`, ipv4(protocol, body)])
      if (protocol !== Protocol.authentication)
        made.push([`ipv6 ${protocol} ${length}`, ipv6(protocol, body)])
    }
  }
  const advertised = icmp(9, 0, numbered(40))
  advertised.set([2, 2], 4)
  made.push(['routers', ipv4(Protocol.icmp, advertised)])
  return made.map(([name, packet]) => ({ name, frames: [{ time: 1e6, bytes: ethernet(packet).bytes }] }))
}

/** Of each byte, whether it is the first one that is looked at, and whether it is the last. */
const RULES = Array.from({ length: 45 }, (_, at) => (0x38 + at).toString(16)).flatMap((byte, at) => [
  `alert ip any any -> any any (content:"|${byte}|"; startswith; sid:${at * 2 + 1};)`,
  `alert ip any any -> any any (content:"|${byte}|"; endswith; sid:${at * 2 + 2};)`,
])

describe('engine/rules against real Suricata: what is looked at of packets that are neither TCP nor UDP', () => {
  it('of every kind and length, the first byte and the last', async () => {
    const { found, alerts } = await compareRules(cases(), RULES)
    expect(found.slice(0, 60)).to.deep.equal([])
    expect(alerts).to.be.greaterThan(300)
  })

  it('of SCTP the ports, too', async () => {
    const [source, destination] = [0x4041, 0x4243]
    const ends = [
      `${source} -> any any`,
      `any -> any ${destination}`,
      `!${source} -> any any`,
      '0:65535 -> any any',
    ]
    const rules = ends.map((each, at) => `alert ip any ${each} (sid:${at + 1};)`)
    const { found, alerts } = await compareRules(cases(), rules)
    expect(found).to.deep.equal([])
    expect(alerts).to.be.greaterThan(20)
  })
})

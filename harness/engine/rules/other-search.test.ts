import { expect } from 'chai'
import { ethernet, icmp, ipv4, ipv6 } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'

const TEXT = Buffer.from('what is said to the client')
const DIRECTED = ['flow:to_server; ', 'flow:to_client; ', 'flow:stateless,to_server; ']
/** Protocols of the two rules. */
const PROTOCOLS = [
  ['icmp', 'icmp'],
  ['icmp', 'ip'],
  ['ip', 'ip'],
] as const
/** A rule beside them, which makes the group of a direction one that is searched, or does not. */
const BESIDE = [
  'content:"said"; ',
  'content:!"never"; ',
  'content:!"said"; ',
  'content:!"never"; depth:9; ',
  'content:"said"; flow:to_client; ',
  'content:"said"; flow:established,to_client; ',
  '',
]

/** Echoes and their answers of both families, and SCTP that comes back. */
function cases(): OracleCase[] {
  const there = [ipv4(Protocol.icmp, icmp(8, 0, TEXT)), ipv6(Protocol.icmp6, icmp(128, 0, TEXT)), sctp()]
  const back = [ipv4(Protocol.icmp, icmp(0, 0, TEXT)), ipv6(Protocol.icmp6, icmp(129, 0, TEXT)), sctp()]
  return there.map((packet, at) => ({
    name: ['echo', 'echo of IPv6', 'SCTP'][at] ?? '',
    frames: [packet, turned(back[at] ?? packet)].map((bytes, nth) => ({
      time: nth * 1e6,
      bytes: ethernet(bytes).bytes,
    })),
  }))
}

function sctp(): Uint8Array {
  return ipv4(Protocol.sctp, Uint8Array.from([4, 0, 4, 1, 0, 0, 0, 1, 0, 0, 0, 0, ...TEXT]))
}

/** With its addresses, and the ports of SCTP, exchanged. */
function turned(packet: Uint8Array): Uint8Array {
  const bytes = packet.slice()
  const [at, size] = (packet[0] ?? 0) >> 4 === 6 ? [8, 16] : [12, 4]
  bytes.copyWithin(at, at + size, at + 2 * size)
  bytes.set(packet.subarray(at, at + size), at + size)
  if (packet[9] === Protocol.sctp) bytes.set([4, 1, 4, 0], 20)
  return bytes
}

describe('engine/rules against real Suricata: one pattern search for both directions of what is neither TCP nor UDP', () => {
  for (const [protocol, other] of PROTOCOLS)
    it(`${protocol}, beside ${other}: rules about one direction, and of the others some that are searched for`, async () => {
      let told = 0
      for (const flow of DIRECTED)
        for (const beside of BESIDE) {
          const rules = [
            `alert ${protocol} any any -> any any (content:"client"; ${flow}sid:1;)`,
            `alert ${other} any any -> any any (${beside}sid:2;)`,
          ]
          const { found, alerts } = await compareRules(cases(), rules)
          expect(found, rules.join('\n')).to.deep.equal([])
          told += alerts
        }
      expect(told).to.be.greaterThan(60)
    })

  it('decides, too', async () => {
    const rules = [
      'drop icmp any any -> any any (content:"client"; flow:to_server; sid:1;)',
      'alert ip any any -> any any (content:"nothing"; sid:2;)',
    ]
    const { found, stopped } = await compareRules(cases(), rules)
    expect(found).to.deep.equal([])
    expect(stopped).to.equal(4)
  })
})

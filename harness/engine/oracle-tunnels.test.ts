import { expect } from 'chai'
import { ethernet } from '../wire/example-frames.test.ts'
import { type ExampleTunnel, TUNNELS } from '../wire/tunnel/example-tunnels.test.ts'
import { compareAll } from './oracle-around.test.ts'
import type { OracleCase } from './oracle-cases.test.ts'
import { CONVERSATIONS, datagram } from './oracle-datagrams.test.ts'

/** Every conversation in a tunnel, from each of its packets on; between addresses of their own. */
function conversationsIn(tunnel: ExampleTunnel, from: number): OracleCase[] {
  const families = (['ipv4', 'ipv6'] as const).filter(
    (family) => tunnel.version === undefined || family === `ipv${tunnel.version}`,
  )
  let n = from
  return families.flatMap((family) =>
    CONVERSATIONS.flatMap((lines) =>
      lines.map((_, cut) => {
        n++
        const frames = lines.slice(cut).map((line, at) => ({
          time: at * 1e6,
          bytes: ethernet(tunnel.wrap(datagram(line, n, family))).bytes,
        }))
        return { name: `${family} ${lines.slice(cut).join(', ')} in ${tunnel.name}`, frames }
      }),
    ),
  )
}

const CASES = TUNNELS.flatMap((tunnel, at) => conversationsIn(tunnel, at * 100))

describe('engine against real Suricata: tunnels', () => {
  for (const exception of ['drop', 'reject', 'continue'] as const)
    it(`${exception}: conversations whole and cut in every tunnel, alike in verdict and reason`, async () => {
      const { packets, stopped, differences } = await compareAll(`tunnels, ${exception}`, CASES, {
        exception,
      })
      expect(differences).to.deep.equal([])
      expect(packets).to.be.greaterThan(4000)
      expect(stopped).to.be.greaterThan(packets / 10)
    })

  it('tunnels in tunnels, as deep as it goes', async () => {
    const names = [
      'gre',
      'geneve',
      'ipv6 in ipv6',
      'vxlan with a vlan',
      'ipv4 in ipv6',
      'gre bridging',
      'gre of erspan I',
      'gre of erspan II',
      'gre of ppp',
    ]
    const wraps = names.map(
      (name) => TUNNELS.find((tunnel) => tunnel.name === name)?.wrap ?? ((p: Uint8Array) => p),
    )
    let n = 7000
    const cases = wraps.flatMap((outer, at) =>
      wraps.flatMap((inner, other) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 14].map((depth) => {
          n++
          const lines = ['> A 1 1', '< A 1 1']
          const frames = lines.map((line, i) => {
            let packet = inner(datagram(line, n, 'ipv4'))
            for (let k = 1; k < depth; k++) packet = outer(packet)
            return { time: i, bytes: ethernet(packet).bytes }
          })
          return { name: `${names[other]} in ${depth - 1} ${names[at]}`, frames }
        }),
      ),
    )
    const { stopped, differences } = await compareAll('nested tunnels', cases, { exception: 'drop' })
    expect(differences).to.deep.equal([])
    expect(stopped).to.be.greaterThan(100)
  })

  for (const [rule, verdictsOnly] of [
    ['drop udp any any -> any 6081 (sid:1;)', true],
    ['drop ip 192.0.2.10 any -> any any (sid:1;)', true],
    ['drop tcp any any -> any 80 (sid:1;)', false],
    ['drop icmp any any -> any any (sid:1;)', false],
    ['drop tcp any any -> any any (flow:established; sid:1;)', false],
  ] as const)
    it(`continue under ${rule}: a rule about a tunnel or what is in it drops the packet`, async () => {
      const setup = { exception: 'continue', rules: [rule], verdictsOnly } as const
      const { stopped, differences } = await compareAll(rule, CASES, setup)
      expect(differences).to.deep.equal([])
      expect(stopped).to.be.greaterThan(100)
    })
})

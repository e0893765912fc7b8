import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import { parseProbe } from './notation.ts'
import { PROBES } from './probes.ts'

describe('author/learn: notation', () => {
  it('reads segments, waits, hosts and events', () => {
    const steps = parseProbe('open >PA:10 +60 #1 <RA@500/-3w0! [timeout=100]')
    expect(steps.map(({ packet, event }) => packet?.kind ?? event?.kind)).to.deep.equal([
      'tcp',
      'tcp',
      'tcp',
      'tcp',
      'tcp',
      'set-timeout',
    ])
    expect(steps[4]?.packet).to.deep.equal({
      kind: 'tcp',
      direction: 1,
      flags: Tcp.rst | Tcp.ack,
      length: 0,
      host: 1,
      seq: 500,
      ack: -3,
      window: 0,
      damaged: true,
    })
    expect(steps[4]?.gap).to.equal(60)
    expect(steps[5]?.event).to.deep.equal({ kind: 'set-timeout', seconds: 100 })
  })

  it('reads fragments by where they begin', () => {
    const [first] = parseProbe('>f:4@0m')
    expect(first?.packet).to.include({ kind: 'fragment', offset: 0, length: 4, more: true })
  })

  it('reads repetitions, tunnels, IPv6 and other connections', () => {
    const steps = parseProbe('gre >A*2 ipv6 >u port=21 <PA=get >n*3 >A*0')
    expect(steps.map(({ packet }) => packet?.kind)).to.deep.equal([
      ...['tcp', 'tcp', 'udp', 'tcp'],
      ...['another', 'another', 'another'],
    ])
    expect(steps[1]?.packet).to.include({ carrier: 'gre' }).and.not.to.have.property('six')
    expect(steps[2]?.packet).to.include({ carrier: 'gre', six: true })
    expect(steps[3]?.packet).to.include({ port: 21, text: 'get' })
  })

  it('names the word that it cannot read', () => {
    expect(() => parseProbe('>S >Q')).to.throw('">Q" in the probe ">S >Q"')
  })

  it('reads every probe, each of another name', () => {
    for (const { script } of PROBES) expect(parseProbe(script.replaceAll(/\{[^}]*\}/g, '60'))).not.to.be.empty
    expect(new Set(PROBES.map(({ name }) => name))).to.have.lengthOf(PROBES.length)
  })
})

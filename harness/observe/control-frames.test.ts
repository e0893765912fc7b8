import { expect } from 'chai'
import { Kind, Tcp } from '../model/codes.ts'
import { dissect } from '../wire/dissect.ts'
import { verifyChecksums } from '../wire/forge.ts'
import { controlFrame } from './control-frames.ts'

describe('observe/control-frames', () => {
  for (const family of ['ipv4', 'ipv6'] as const)
    for (const direction of [0, 1] as const)
      it(`are whole ${family} packets with right checksums, direction ${direction}`, () => {
        const allowed = controlFrame(family, direction, 'allowed')
        const denied = controlFrame(family, direction, 'denied')
        expect(verifyChecksums(allowed.frame, allowed.link)).to.equal('ok')
        expect(verifyChecksums(denied.frame, denied.link)).to.equal('ok')
        const port = controlFrame(family, direction, 'denied-port')
        expect(verifyChecksums(port.frame, port.link)).to.equal('ok')
        expect(dissect(port.frame, port.link).kind).to.equal(family === 'ipv4' ? Kind.udp4 : Kind.udp6)
        const datagram = dissect(allowed.frame, allowed.link)
        expect(datagram.kind).to.equal(family === 'ipv4' ? Kind.udp4 : Kind.udp6)
        expect(datagram.payload).to.be.greaterThan(0)
        const reset = dissect(denied.frame, denied.link)
        expect(reset).to.include({
          kind: family === 'ipv4' ? Kind.tcp4 : Kind.tcp6,
          flags: Tcp.rst,
          payload: 0,
        })
      })
})

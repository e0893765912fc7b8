import { expect } from 'chai'
import { tunnelDepth } from '../../model/batch.ts'
import { Kind, Link, nameOf, Tcp, Tunnels } from '../../model/codes.ts'
import { putU16, u16 } from '../bytes.ts'
import { checksum, transportChecksum, writeTransportChecksum } from '../checksum.ts'
import { decodeBatch } from '../decode.ts'
import { batchOf, ethernet, hex, ipv4, ipv6, tcp } from '../example-frames.test.ts'
import { forgeTcp, readdress } from '../forge.ts'
import { Protocol } from '../numbers.ts'
import { buildReset } from '../reset.ts'
import { verifyChecksums } from '../verify.ts'
import { carriersIn } from './carriers.ts'
import { dissectInner } from './enter.ts'
import { TUNNELS } from './example-tunnels.test.ts'

const SEGMENT4 = ipv4(Protocol.tcp, tcp({ flags: Tcp.psh | Tcp.ack }, 20))
const SEGMENT6 = ipv6(Protocol.tcp, tcp({ flags: Tcp.psh | Tcp.ack }, 20))

/** The columns of one frame that holds the packet. */
function decoded(packet: Uint8Array, tunnels: number) {
  const batch = batchOf(ethernet(packet))
  batch.tunnels = tunnels
  decodeBatch(batch)
  const kind = nameOf(Kind, batch.kind[0] ?? 0)
  return {
    kind,
    l3: (batch.l3[0] ?? 0) - 16,
    payload: batch.payload[0],
    stack: batch.stack[0],
    vlan: batch.vlan[0],
  }
}

/** A frame with the example segment in the tunnel, all its checksums right. */
function frameIn(name: string, segment: Uint8Array): Uint8Array {
  const tunnel = TUNNELS.find((each) => each.name === name)
  if (tunnel === undefined) throw new Error(`no tunnel ${name}`)
  const { bytes } = ethernet(tunnel.wrap(segment))
  const [carrier] = carriersIn(bytes, 0, bytes.length, bytes.length, Link.ethernet, Tunnels.inner, 1)
  if (carrier?.kind === Kind.udp4 || carrier?.kind === Kind.udp6)
    writeTransportChecksum(bytes, carrier.l3, carrier.l4, bytes.length, Protocol.udp)
  else if (carrier !== undefined && ((bytes[carrier.l4] ?? 0) & 0x80) !== 0)
    putU16(bytes, carrier.l4 + 4, checksum(bytes, carrier.l4))
  return bytes
}

/** Whether the lengths and checksums of the packet and of its tunnels are right. */
function isRight(frame: Uint8Array): boolean {
  const { stack, l3, stop } = dissectInner(frame, Link.ethernet, Tunnels.inner)
  const carriers = carriersIn(frame, 0, frame.length, frame.length, Link.ethernet, Tunnels.inner, 9)
  if (carriers.length !== tunnelDepth(stack) || stop !== frame.length) return false
  if (verifyChecksums(frame.subarray(l3), Link.raw) !== 'ok') return false
  return carriers.every(({ kind, l3: outer, l4, stop: end, protocol }) => {
    if (end !== frame.length) return false
    const isUdp = kind === Kind.udp4 || kind === Kind.udp6
    if (isUdp) return transportChecksum(frame, outer, l4, end, protocol) === 0
    const sums = protocol === Protocol.gre && ((frame[l4] ?? 0) & 0x80) !== 0
    return !sums || checksum(frame, l4, end) === 0
  })
}

describe('wire/tunnel', () => {
  for (const { name, inside, wrap, version } of TUNNELS)
    it(`${inside ? 'looks into' : 'leaves alone'} ${name}, if it is asked to`, () => {
      for (const segment of [SEGMENT4, SEGMENT6]) {
        const six = segment === SEGMENT6
        if (version !== undefined && six !== (version === 6)) continue
        const packet = wrap(segment)
        expect(decoded(packet, Tunnels.outer)).to.include({ l3: 14, stack: 0 })
        const found = decoded(packet, Tunnels.inner)
        if (inside) {
          expect(found).to.include({ kind: six ? 'tcp6' : 'tcp4', payload: 20 })
          expect(tunnelDepth(found.stack ?? 0)).to.equal(1)
          expect(found.l3).to.equal(14 + packet.length - segment.length)
        } else expect(found).to.include({ l3: 14, stack: 0 })
      }
    })

  it('reads IPv4 in IPv4 where it counts as a tunnel', () => {
    const packet = ipv4(Protocol.ipv4, SEGMENT4)
    expect(decoded(packet, Tunnels.inner)).to.include({ kind: 'ip4', l3: 14 })
    expect(decoded(packet, Tunnels.innerWithIpv4InIpv4)).to.include({ kind: 'tcp4', l3: 34, stack: 1 })
  })

  it("has the tunnel's own VLAN ids, and none of those outside", () => {
    const { wrap } = TUNNELS.find(({ name }) => name === 'vxlan with a vlan') ?? {
      wrap: (p: Uint8Array) => p,
    }
    const batch = batchOf(ethernet(wrap(SEGMENT4), hex('81000063')))
    batch.tunnels = Tunnels.inner
    decodeBatch(batch)
    expect(batch.vlan[0]).to.equal(6)
    expect(
      decoded(
        TUNNELS.find(({ name }) => name === 'gre of erspan II')?.wrap(SEGMENT4) ?? SEGMENT4,
        Tunnels.inner,
      ).vlan,
    ).to.equal(7)
  })

  it('goes in as far as sixteen headers go', () => {
    const gre = TUNNELS.find(({ name }) => name === 'gre')
    let packet = SEGMENT4
    const depths: number[] = []
    for (let n = 0; n < 8; n++) {
      packet = gre?.wrap(packet) ?? packet
      depths.push(tunnelDepth(decoded(packet, Tunnels.inner).stack ?? 0))
    }
    // Ethernet and IP are two; a tunnel of GRE is three more.
    expect(depths).to.deep.equal([1, 2, 3, 4, 4, 4, 4, 4])
  })

  it('counts what is in a tunnel but cannot be read as the tunnel', () => {
    const { wrap } = TUNNELS.find(({ name }) => name === 'geneve') ?? { wrap: (p: Uint8Array) => p }
    expect(decoded(wrap(SEGMENT4.subarray(0, 30)), Tunnels.inner)).to.include({ kind: 'udp4', stack: 0 })
    const wrong = SEGMENT4.slice()
    putU16(wrong, 32, 0x1018)
    expect(decoded(wrap(wrong), Tunnels.inner)).to.include({ kind: 'malformed', stack: 1 })
  })

  for (const name of [
    'geneve with options',
    'geneve over ipv6',
    'vxlan',
    'gre of ppp',
    'gre with checksum, key and sequence',
  ])
    describe(name, () => {
      it('is kept in step with a segment forged in it', () => {
        for (const segment of [SEGMENT4, SEGMENT6]) {
          const template = { bytes: frameIn(name, segment), link: Link.ethernet, tunnels: Tunnels.inner }
          const frame = forgeTcp(template, { flags: Tcp.ack, seq: 7, ack: 8, window: 9, payload: 5 })
          expect(frame.length).to.equal(template.bytes.length - 15)
          expect(isRight(frame)).to.equal(true)
        }
      })

      it('keeps its own addresses when the packet in it gets others', () => {
        const frame = frameIn(name, SEGMENT4)
        const before = frame.slice()
        const source = { address: hex('0a010203'), port: 4444 }
        readdress(frame, Link.ethernet, { source, seqDelta: 5 }, Tunnels.inner)
        const { l3, l4 } = dissectInner(frame, Link.ethernet, Tunnels.inner)
        expect(isRight(frame)).to.equal(true)
        expect(frame.subarray(l3 + 12, l3 + 16)).to.deep.equal(source.address)
        expect(u16(frame, l4)).to.equal(4444)
        expect(frame.subarray(26, 34)).to.deep.equal(before.subarray(26, 34))
      })

      it('carries a reset back', () => {
        const batch = batchOf({ bytes: frameIn(name, SEGMENT4), link: Link.ethernet })
        batch.tunnels = Tunnels.inner
        decodeBatch(batch)
        for (const to of ['sender', 'receiver'] as const) {
          const frame = buildReset(batch, 0, to, 'suricata')?.frame ?? new Uint8Array(0)
          const sent = batch.copyFrame(0)
          const outer = (bytes: Uint8Array) => {
            const [from, size] = bytes[12] === 0x08 ? [26, 4] : [22, 16]
            return [bytes.slice(from, from + size), bytes.slice(from + size, from + 2 * size)]
          }
          expect(isRight(frame)).to.equal(true)
          expect(outer(frame)).to.deep.equal(to === 'sender' ? outer(sent).reverse() : outer(sent))
          const { flags } = dissectInner(frame, Link.ethernet, Tunnels.inner)
          expect(flags).to.equal(Tcp.rst | Tcp.ack)
        }
      })
    })
})

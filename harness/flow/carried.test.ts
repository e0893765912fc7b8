import { expect } from 'chai'
import fc from 'fast-check'
import { FIRST_CHUNK, OTHER_CHUNK, SCTP_CHUNKS } from '../model/carried.ts'
import { Kind, Link, Tcp } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import {
  batchOf,
  type ExampleFrame,
  ethernet,
  hex,
  ipv4,
  ipv6,
  join8,
  tcp,
} from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { Chunk, emitChunk, emitSctp, SCTP_HEADER } from '../wire/sctp.ts'
import { carriedFlags } from './carried.ts'

const AUTH = 15
const PAD = 132

function carried(frame: ExampleFrame): number {
  const batch = batchOf(frame)
  decodeBatch(batch)
  return carriedFlags(batch, 0)
}

function sctp(...types: readonly number[]): Uint8Array {
  const header = new Uint8Array(SCTP_HEADER)
  emitSctp({ sourcePort: 40_000, destinationPort: 7, tag: 1 }, header, 0)
  return join8(header, ...types.map((type) => emitChunk(type, 0, Uint8Array.of(1, 2, 3))))
}

/** SCTP with the bits of these chunks. */
function bits(...types: readonly number[]): number {
  return types.reduce((all, type) => {
    const at = SCTP_CHUNKS.findIndex(([known]) => known === type)
    return all | (1 << (at < 0 ? OTHER_CHUNK : FIRST_CHUNK + at))
  }, Protocol.sctp)
}

describe('flow/carried', () => {
  it('leaves the flags of TCP as they are', () => {
    expect(carried(ethernet(ipv4(Protocol.tcp, tcp({ flags: Tcp.syn | Tcp.ece }))))).to.equal(
      Tcp.syn | Tcp.ece,
    )
  })

  it('names the protocol of what is only IP, behind the extension headers of IPv6', () => {
    expect(carried(ethernet(ipv4(Protocol.gre, hex('00000800 45000000'))))).to.equal(Protocol.gre)
    const options = hex('8400010400000000')
    expect(carried(ethernet(ipv6(Protocol.sctp, sctp(Chunk.init), Protocol.destination, options)))).to.equal(
      bits(Chunk.init),
    )
  })

  it('has a bit for every type of chunk in the packet', () => {
    expect(carried(ethernet(ipv4(Protocol.sctp, sctp())))).to.equal(Protocol.sctp)
    expect(carried(ethernet(ipv4(Protocol.sctp, sctp(Chunk.sack, Chunk.data, Chunk.data))))).to.equal(
      bits(Chunk.sack, Chunk.data),
    )
    expect(carried(ethernet(ipv6(Protocol.sctp, sctp(AUTH, PAD))))).to.equal(bits(AUTH, PAD))
  })

  it('takes nothing behind the datagram for a chunk', () => {
    const { bytes, link } = ethernet(ipv4(Protocol.sctp, sctp(Chunk.cookieAck)))
    expect(carried({ bytes: join8(bytes, new Uint8Array(12)), link })).to.equal(bits(Chunk.cookieAck))
  })

  it('ends at a chunk without a length, and at the end of what was captured', () => {
    const packet = sctp(Chunk.sack, Chunk.data)
    packet[SCTP_HEADER + 3] = 0
    expect(carried(ethernet(ipv4(Protocol.sctp, packet)))).to.equal(bits(Chunk.sack))
    const { bytes, link } = ethernet(ipv4(Protocol.sctp, sctp(Chunk.sack, Chunk.data)))
    expect(carried({ bytes: bytes.subarray(0, -6), link, original: bytes.length })).to.equal(bits(Chunk.sack))
  })

  it('reads any SCTP packet to an end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: SCTP_HEADER + 4, maxLength: 80 }), (packet) => {
        const batch = batchOf({ bytes: ipv4(Protocol.sctp, packet), link: Link.raw4 })
        decodeBatch(batch)
        if (batch.kind[0] === Kind.ip4) expect(carriedFlags(batch, 0) & 0xff).to.equal(Protocol.sctp)
        else expect(carriedFlags(batch, 0)).to.equal(0)
      }),
    )
  })
})

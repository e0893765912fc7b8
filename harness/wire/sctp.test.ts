import { expect } from 'chai'
import {
  Chunk,
  emitChunk,
  emitSctp,
  hasRightSctpChecksum,
  nextChunk,
  sctpChecksum,
  writeSctpChecksum,
} from './sctp.ts'

describe('wire/sctp', () => {
  it('writes ports and tag, and no checksum', () => {
    const bytes = new Uint8Array(13).fill(255)
    expect(emitSctp({ sourcePort: 0x102, destinationPort: 0x304, tag: 0xa0b0c0d0 }, bytes, 1)).to.equal(13)
    expect([...bytes]).to.deep.equal([255, 1, 2, 3, 4, 0xa0, 0xb0, 0xc0, 0xd0, 0, 0, 0, 0])
  })

  it('sums as CRC32c does, and without its own field', () => {
    // RFC 3720 B.4 gives 32 bytes of zeros aa 36 91 8a.
    expect(sctpChecksum(new Uint8Array(32), 0, 32)).to.equal(0xaa36918a)
    const bytes = Uint8Array.from({ length: 40 }, (_, index) => index)
    writeSctpChecksum(bytes, 3, 40)
    expect(hasRightSctpChecksum(bytes, 3, 40)).to.equal(true)
    bytes[30] = 0
    expect(hasRightSctpChecksum(bytes, 3, 40)).to.equal(false)
  })

  it('pads chunks to four bytes, which their length does not count', () => {
    const chunk = emitChunk(Chunk.data, 3, Uint8Array.of(7))
    expect([...chunk]).to.deep.equal([0, 3, 0, 5, 7, 0, 0, 0])
    expect(nextChunk(chunk, 0)).to.equal(8)
  })
})

import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { assemble, expected, readBytes, readPiped, SAMPLES } from './example-captures.test.ts'
import { type ExampleBlock, ExampleSection, pcapngExample } from './example-pcapng.test.ts'

const little = new ExampleSection(true)
const big = new ExampleSection(false)
const [FIRST, SECOND] = SAMPLES
if (FIRST === undefined || SECOND === undefined) throw new Error('no samples')

/** What is read from these blocks, by file and by pipe alike. */
async function readBlocks(...blocks: readonly ExampleBlock[]) {
  const { bytes } = assemble(blocks)
  const read = await readBytes(bytes)
  expect(await readPiped([bytes])).to.deep.equal(read)
  return read
}

/** The same block with one 32-bit field, little-endian, changed. */
function altered(block: ExampleBlock, at: number, value: number): ExampleBlock {
  const bytes = Buffer.from(block.bytes)
  bytes.writeUInt32LE(value, at)
  return { ...block, bytes }
}

describe('capture/pcapng', () => {
  for (const order of [true, false]) {
    for (const nano of [false, true]) {
      const name = `${order ? 'little' : 'big'}-endian with ${nano ? 'nano' : 'micro'}seconds`

      it(`reads ${name}`, async () => {
        const read = await readBytes(pcapngExample(order, nano).bytes)
        expect(read).to.deep.equal({
          packets: expected(SAMPLES, Link.ethernet),
          damage: undefined,
          epoch: 1_767_225_601_000_000_000n,
          links: ['EN10MB'],
        })
      })
    }

    it(`tells where ${order ? 'little' : 'big'}-endian is cut off, at every byte`, async () => {
      const { bytes, records } = pcapngExample(order)
      for (let length = 1; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length)
        const { packets, damage } = await readBytes(cut)
        const record = records.findLast(({ offset }) => offset <= length)
        const offset = record?.offset
        expect(packets, `${length}`).to.deep.equal(expected(SAMPLES.slice(0, record?.packets), Link.ethernet))
        expect(damage?.offset, `${length}`).to.equal(offset === length ? undefined : offset)
        expect(await readPiped([cut]), `${length} piped`).to.deep.include({ packets, damage })
      }
    })
  }

  it('reads sections of either byte order, each with interfaces of its own', async () => {
    const units = FIRST.at / 1000n
    const { packets, links, damage } = await readBlocks(
      little.header(),
      little.interface(1, 0),
      little.interface(101, 0, 9),
      little.enhanced(1, FIRST.at, FIRST),
      little.enhanced(0, units, FIRST),
      big.header(),
      big.interface(113, 0),
      big.enhanced(0, units, FIRST),
      big.obsolete(0, units, FIRST),
      little.header(),
      little.interface(276, 0),
      little.enhanced(0, units, FIRST),
    )
    expect(damage).to.equal(undefined)
    expect(packets.map(({ link }) => link)).to.deep.equal([
      Link.raw,
      Link.ethernet,
      Link.sll,
      Link.sll,
      Link.sll2,
    ])
    expect(new Set(packets.map(({ at }) => at))).to.deep.equal(new Set([FIRST.at]))
    expect(links).to.deep.equal(['RAW', 'EN10MB', 'LINUX_SLL', 'LINUX_SLL2'])
  })

  it('gives simple packets the time of the packet before, and cuts them at the snapshot length', async () => {
    const cut = { ...SECOND, frame: SECOND.frame.subarray(0, 50) }
    const { packets, epoch } = await readBlocks(
      little.header(),
      little.interface(1, 50),
      little.simple({ ...cut, original: 70 }),
      little.enhanced(0, SECOND.at / 1000n, cut),
      little.simple({ ...cut, frame: cut.frame.subarray(0, 10), original: 10 }),
    )
    expect(packets.map(({ frame }) => frame.length / 2)).to.deep.equal([50, 50, 10])
    expect(packets.map(({ original }) => original)).to.deep.equal([70, 1500, 10])
    expect(epoch).to.equal(1_767_225_602_000_000_000n)
    expect(packets.map(({ at }) => at)).to.deep.equal([epoch, SECOND.at, SECOND.at])
  })

  it('skips blocks that it does not know, however long', async () => {
    const { packets, damage } = await readBlocks(
      little.header(),
      little.block(0x8000_0001, Buffer.alloc(3 << 20)),
      little.interface(1, 0),
      little.block(0x0bad, Buffer.alloc(0)),
      little.enhanced(0, FIRST.at / 1000n, FIRST),
    )
    expect(damage).to.equal(undefined)
    expect(packets).to.have.length(1)
  })

  it('finds nothing in a capture without packets, and nothing wrong', async () => {
    expect(await readBlocks(little.header())).to.deep.equal({
      packets: [],
      damage: undefined,
      epoch: 0n,
      links: [],
    })
  })

  const packet = little.enhanced(0, FIRST.at / 1000n, FIRST)
  const head = [little.header(), little.interface(1, 0), packet]
  const offset = assemble(head).bytes.length
  const faults: readonly (readonly [string, ExampleBlock, string])[] = [
    [
      'an unknown interface',
      little.enhanced(7, 0n, FIRST),
      'packet 2 is of interface 7, which its section does not describe',
    ],
    [
      'a captured length beyond its block',
      altered(packet, 20, 1000),
      'packet 2 claims 1000 captured bytes, but its block holds 60',
    ],
    [
      'a captured length of 4 GiB',
      altered(packet, 20, 0xffff_ffff),
      'packet 2 claims 4294967295 captured bytes, but its block holds 60',
    ],
    [
      'a block length of 4 GiB',
      altered(packet, 4, 0xffff_fffc),
      'a block claims 4294967292 bytes, more than 1048576',
    ],
    [
      'a block length that is odd',
      altered(packet, 4, 105),
      'a block claims 105 bytes, which no block can have',
    ],
    ['a block length of nothing', altered(packet, 4, 0), 'a block claims 0 bytes, which no block can have'],
    [
      'two lengths that differ',
      altered(packet, packet.bytes.length - 4, 12),
      'the two lengths of a block differ',
    ],
    [
      'two lengths that differ in a block to be skipped',
      altered(little.block(5, Buffer.alloc(8)), 16, 12),
      'the two lengths of a block differ',
    ],
    [
      'an unknown block of 4 GiB',
      altered(little.block(5, Buffer.alloc(8)), 4, 0xffff_fffc),
      'a block of 4294967292 bytes runs past the end of the capture',
    ],
    ['no byte-order magic', altered(little.header(), 8, 0), 'a section header has no byte-order magic'],
    ['another version', little.header(2), 'version 2.0 of the format is not 1.0'],
    [
      'a section header without room',
      little.block(0x0a0d0d0a, Buffer.from('4d3c2b1a', 'hex')),
      'a section header is shorter than its fixed fields',
    ],
    [
      'a packet block without room',
      little.block(6, Buffer.alloc(8)),
      'a packet block is shorter than its fixed fields',
    ],
    [
      'an interface without room',
      little.block(1, Buffer.alloc(4)),
      'an interface description is shorter than its fixed fields',
    ],
    [
      'an option that overruns',
      little.block(1, Buffer.from('0100000000000000090010000000', 'hex').subarray(0, 12)),
      'option 9 of an interface description runs past its block',
    ],
  ]
  for (const [name, block, reason] of faults)
    it(`takes ${name} for damage and keeps what came before`, async () => {
      const { packets, damage } = await readBlocks(...head, block, packet)
      expect(packets).to.have.length(1)
      expect(damage).to.deep.equal({ offset, reason })
    })

  it('knows no frame beyond 262,144 bytes', async () => {
    const frame = new Uint8Array(262_148)
    const { packets, damage } = await readBlocks(...head, little.enhanced(0, 0n, { ...FIRST, frame }))
    expect(packets).to.have.length(1)
    expect(damage?.reason).to.equal('packet 2 claims 262148 captured bytes, more than 262144')
  })

  it('misses an interface in a section that has none', async () => {
    const { damage } = await readBlocks(little.header(), little.simple(FIRST))
    expect(damage?.reason).to.equal('packet 1 is of interface 0, which its section does not describe')
  })
})

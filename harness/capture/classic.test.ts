import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import {
  CLASSIC_FORMS,
  classicExample,
  classicRecord,
  expected,
  fields,
  readBytes,
  readPiped,
  SAMPLES,
} from './example-captures.test.ts'

const FORM = { little: true, nano: false }

describe('capture/classic', () => {
  for (const form of CLASSIC_FORMS) {
    const name = `${form.little ? 'little' : 'big'}-endian with ${form.nano ? 'nano' : 'micro'}seconds`

    it(`reads ${name}`, async () => {
      const samples = form.nano ? SAMPLES.map((each) => ({ ...each, at: each.at + 1n })) : SAMPLES
      const { packets, damage, epoch, links } = await readBytes(classicExample(form, samples).bytes)
      expect(packets).to.deep.equal(expected(samples, Link.ethernet))
      expect(damage).to.equal(undefined)
      expect(epoch).to.equal(1_767_225_601_000_000_000n)
      expect(links).to.deep.equal(['EN10MB'])
    })

    it(`tells where ${name} is cut off, at every byte`, async () => {
      const { bytes, records } = classicExample(form)
      for (let length = 1; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length)
        const { packets, damage } = await readBytes(cut)
        const record = records.findLast(({ offset }) => offset <= length)
        const offset = length < 24 ? 0 : record?.offset
        expect(packets, `${length}`).to.deep.equal(expected(SAMPLES.slice(0, record?.packets), Link.ethernet))
        expect(damage?.offset, `${length}`).to.equal(offset === length ? undefined : offset)
        expect(await readPiped([cut]), `${length} piped`).to.deep.include({ packets, damage })
      }
    })
  }

  it('says what a cut record lacks', async () => {
    const { bytes } = classicExample(FORM)
    const { damage } = await readBytes(bytes.subarray(0, 24 + 76 + 16 + 10))
    expect(damage).to.deep.equal({
      offset: 100,
      reason: 'packet 2 is cut off: 26 of 77 bytes of its record are there',
    })
  })

  it('takes a length beyond 262,144 for damage and keeps what came before', async () => {
    const [first] = SAMPLES
    const whole = classicExample(FORM, first === undefined ? [] : [first]).bytes
    for (const length of [262_145, 0x7fff_ffff, 0xffff_ffff]) {
      const lie = fields(true, [8, 0], [4, length], [4, length], Buffer.alloc(300_000))
      const bytes = Buffer.concat([whole, lie])
      const read = await readBytes(bytes)
      expect(read.packets).to.have.length(1)
      expect(read.damage).to.deep.equal({
        offset: whole.length,
        reason: `packet 2 claims ${length} captured bytes, more than 262144`,
      })
      expect(await readPiped([bytes])).to.deep.equal(read)
    }
  })

  it('reads a frame of 262,144 bytes, whatever the batch', async () => {
    const long = { at: 5_000_000_000n, frame: new Uint8Array(262_144).fill(9), original: 262_144 }
    const { bytes } = classicExample(FORM, [long, long])
    const read = await readBytes(bytes, 10, 100)
    expect(read.packets.map(({ frame }) => frame.length / 2)).to.deep.equal([262_144, 262_144])
    expect(read.damage).to.equal(undefined)
    expect(await readPiped([bytes], 10, 100)).to.deep.equal(read)
  })

  it('reads the link type beside the bits about frame check sequences, and names unknown ones', async () => {
    for (const [network, link, name] of [
      [0x2400_0001, Link.ethernet, 'EN10MB'],
      [101, Link.raw, 'RAW'],
      [276, Link.sll2, 'LINUX_SLL2'],
      [127, Link.unsupported, 'IEEE802_11_RADIO'],
      [4711, Link.unsupported, 'LINKTYPE_4711'],
    ] as const) {
      const { bytes } = classicExample({ ...FORM, network })
      const read = await readBytes(bytes)
      expect(read.packets).to.deep.equal(expected(SAMPLES, link))
      expect(read.links).to.deep.equal([name])
      expect(await readPiped([bytes])).to.deep.equal(read)
    }
  })

  it('gives a length on the wire that a column cannot hold as the largest that it can', async () => {
    const huge = { at: 0n, frame: new Uint8Array(4), original: 0xffff_ffff }
    const { bytes } = classicExample(FORM, [huge])
    const { packets } = await readBytes(bytes)
    expect(packets[0]?.original).to.equal(0x7fff_ffff)
    expect((await readPiped([bytes])).packets).to.deep.equal(packets)
  })

  it('takes another version of the format for damage', async () => {
    const { bytes } = classicExample({ ...FORM, minor: 3 })
    const read = await readBytes(bytes)
    expect(read.packets).to.deep.equal([])
    expect(read.damage).to.deep.equal({ offset: 0, reason: 'version 2.3 of the format is not 2.4' })
    expect(await readPiped([bytes])).to.deep.include({ packets: [], damage: read.damage })
  })

  it('finds nothing in a capture without packets, and nothing wrong', async () => {
    const { bytes } = classicExample(FORM, [])
    const read = await readBytes(bytes)
    expect(read).to.deep.equal({ packets: [], damage: undefined, epoch: 0n, links: ['EN10MB'] })
    expect(await readPiped([bytes])).to.deep.equal(read)
  })

  it('leaves the epoch alone when the first packet is damaged', async () => {
    const [first] = SAMPLES
    if (first === undefined) throw new Error('no samples')
    const bytes = Buffer.concat([classicExample(FORM, []).bytes, classicRecord(FORM, first).subarray(0, 40)])
    expect((await readBytes(bytes)).epoch).to.equal(0n)
    expect((await readPiped([bytes])).epoch).to.equal(0n)
  })
})

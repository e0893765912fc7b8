import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { FlowbreakError } from '../support/errors.ts'
import { expected, inFolder, readBytes, SAMPLES } from './example-captures.test.ts'
import { PcapngWriter } from './pcapng-writer.ts'
import { ClassicWriter } from './writer.ts'

const EPOCH = 1_767_225_601_000_000_000n

/** Writes the samples, each a nanosecond after its time so that the last digit counts. */
function writeClassic(path: string, link: number, epoch: bigint): void {
  using writer = new ClassicWriter(path, link, epoch)
  for (const { at, frame, original } of SAMPLES)
    writer.write(Number(at + 1n - epoch), frame, 0, frame.length, original)
  writer.close()
}

const LATER = SAMPLES.map((each) => ({ ...each, at: each.at + 1n }))

describe('capture/writer', () => {
  it('writes what the reader reads back, of every link type, from any epoch', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'out.pcap')
      for (const link of Object.values(Link))
        for (const epoch of [EPOCH, EPOCH + 999_999_999n]) {
          writeClassic(path, link, epoch)
          const { packets, damage } = await readBytes(readFileSync(path))
          expect(damage).to.equal(undefined)
          expect(packets).to.deep.equal(expected(LATER, link))
        }
    })
  })

  it('writes a part of a buffer as a frame', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'out.pcap')
      using writer = new ClassicWriter(path, Link.raw, EPOCH)
      writer.write(5, Uint8Array.of(9, 8, 7, 6), 1, 2)
      writer.write(6, Uint8Array.of(9, 8, 7, 6), 2)
      writer.close()
      const { packets } = await readBytes(readFileSync(path))
      expect(packets.map(({ frame, original }) => [frame, original])).to.deep.equal([
        ['0807', 2],
        ['0706', 2],
      ])
    })
  })

  it('writes pcapng with interfaces and comments', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'out.pcapng')
      using writer = new PcapngWriter(path, EPOCH)
      const client = writer.addInterface('client', Link.ethernet)
      const server = writer.addInterface('server', Link.raw)
      for (const [i, { at, frame, original }] of LATER.entries())
        writer.write(
          i % 2 === 0 ? client : server,
          Number(at - EPOCH),
          frame,
          i === 1 ? 'gesendet ✓' : '',
          original,
        )
      writer.close()
      const { packets, damage, links } = await readBytes(readFileSync(path))
      expect(damage).to.equal(undefined)
      expect(links).to.deep.equal(['EN10MB', 'RAW'])
      expect(packets).to.deep.equal(
        expected(LATER, Link.ethernet).map((packet, i) =>
          i % 2 === 0 ? packet : { ...packet, link: Link.raw },
        ),
      )
    })
  })

  it('writes frames larger than its buffer, and more than its buffer holds', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'out.pcapng')
      using writer = new PcapngWriter(path, EPOCH)
      writer.addInterface('client', Link.ethernet)
      for (let i = 0; i < 20; i++) writer.write(0, i, new Uint8Array(262_144).fill(i), 'x'.repeat(70_000))
      writer.close()
      const { packets, damage } = await readBytes(readFileSync(path), 7)
      expect(damage).to.equal(undefined)
      expect(packets.map(({ frame }) => frame.slice(0, 2))).to.deep.equal(
        Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(2, '0')),
      )
    })
  })

  it('gives the file its name when it is closed, and leaves nothing when it is not', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'out.pcap')
      {
        using writer = new ClassicWriter(path, Link.ethernet, EPOCH)
        writer.write(0, new Uint8Array(10))
        expect(readdirSync(folder)).to.not.include('out.pcap')
      }
      expect(readdirSync(folder)).to.deep.equal([])
      writeClassic(path, Link.ethernet, EPOCH)
      expect(readdirSync(folder)).to.deep.equal(['out.pcap'])
    })
  })

  it('says where it cannot write', () => {
    expect(() => new ClassicWriter('/dev/null/at/all.pcap', Link.ethernet, EPOCH))
      .to.throw(FlowbreakError, /^\/dev\/null\/at\/all\.pcap cannot be written \(ENOTDIR/)
      .that.includes({ code: 'ERR_CAPTURE_WRITE', exitCode: 3 })
  })
})

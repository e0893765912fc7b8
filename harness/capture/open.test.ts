import { execFileSync } from 'node:child_process'
import {
  closeSync,
  createReadStream,
  createWriteStream,
  ftruncateSync,
  openSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { FlowbreakError } from '../support/errors.ts'
import { classicExample, fields, inFolder, readAll, readPiped } from './example-captures.test.ts'
import { ExampleSection, pcapngExample } from './example-pcapng.test.ts'
import { openCapture } from './open.ts'

const EXAMPLE = classicExample({ little: true, nano: true }).bytes

async function refusal(open: Promise<unknown>): Promise<FlowbreakError> {
  try {
    await open
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) return thrown
    throw thrown
  }
  throw new Error('it was opened')
}

/** Writes `head`, then nothing up to so many bytes, of which the disk holds none. */
function sparse(path: string, head: Uint8Array, length: number): void {
  writeFileSync(path, head)
  const fd = openSync(path, 'r+')
  ftruncateSync(fd, length)
  closeSync(fd)
}

describe('capture/open', () => {
  it('says what is wrong with a path, and what to do', async () => {
    await inFolder(async (folder) => {
      const empty = join(folder, 'empty.pcap')
      writeFileSync(empty, '')
      for (const [path, code, sentence] of [
        [
          join(folder, 'none.pcap'),
          'ERR_CAPTURE_MISSING',
          /^There is no capture .*none\.pcap: check the path\.$/,
        ],
        [folder, 'ERR_CAPTURE_DIRECTORY', /is a directory: name a capture file in it\.$/],
        [empty, 'ERR_CAPTURE_EMPTY', /empty\.pcap is empty: .* record it again\.$/],
        [join(empty, 'below'), 'ERR_CAPTURE_OPEN', /cannot be read \(ENOTDIR/],
      ] as const) {
        const error = await refusal(openCapture(path))
        expect(error).to.include({ code, exitCode: 2 })
        expect(error.message).to.match(sentence)
      }
    })
  })

  it('says what a file of another format begins with', async () => {
    for (const [bytes, sentence] of [
      [gzipSync(EXAMPLE), /is compressed with gzip: unpack it with "gunzip" first\.$/],
      [Buffer.from('28b52ffd00', 'hex'), /is compressed with zstd/],
      [
        Buffer.from('a1b2cd3400', 'hex'),
        /is in the modified pcap format: convert it with "editcap -F pcap" first\.$/,
      ],
      [Buffer.from('<html>'), /is neither pcap nor pcapng \(its first bytes are 3c 68 74 6d\)/],
      [Buffer.from([7]), /its first bytes are 07\)/],
    ] as const) {
      await inFolder(async (folder) => {
        const path = join(folder, 'other')
        writeFileSync(path, bytes)
        for (const open of [path, '-']) {
          const error = await refusal(openCapture(open, { stdin: Readable.from([bytes]) }))
          expect(error).to.include({ code: 'ERR_CAPTURE_FORMAT', exitCode: 2 })
          expect(error.message).to.match(sentence)
        }
      })
    }
  })

  it('calls standard input by its name, and refuses it when it brings nothing or breaks at once', async () => {
    const nothing = await refusal(openCapture('-', { stdin: Readable.from([]) }))
    expect(nothing).to.include({ code: 'ERR_CAPTURE_EMPTY' })
    expect(nothing.message).to.match(/^standard input is empty/)
    const broken = new Readable({ read: () => broken.destroy(new Error('gone')) })
    expect(await refusal(openCapture('-', { stdin: broken }))).to.include({ code: 'ERR_CAPTURE_OPEN' })
  })

  it('keeps what a stream brought before it broke', async () => {
    for (const bytes of [EXAMPLE, pcapngExample(true).bytes]) {
      const broken = async function* () {
        yield bytes.subarray(0, 200)
        throw new Error('gone')
      }
      await using source = await openCapture('-', { stdin: Readable.from(broken()) })
      const { packets, damage } = await readAll(source)
      expect(packets).to.have.length(bytes === EXAMPLE ? 3 : 1)
      expect(damage).to.deep.equal({ offset: 200, reason: 'reading failed: gone' })
    }
  })

  it('reads a named pipe as a pipe', async () => {
    await inFolder(async (folder) => {
      const [pipe, file] = [join(folder, 'pipe'), join(folder, 'file')]
      execFileSync('mkfifo', [pipe])
      writeFileSync(file, EXAMPLE)
      createReadStream(file).pipe(createWriteStream(pipe))
      await using source = await openCapture(pipe)
      expect(source.name).to.equal(pipe)
      expect(await readAll(source)).to.deep.equal(await readPiped([EXAMPLE]))
    })
  })

  it('gives packets of a pipe while it stays open', async () => {
    for (const bytes of [EXAMPLE, pcapngExample(true).bytes]) {
      const stdin = new Readable({ read: () => {} })
      stdin.push(bytes)
      await using source = await openCapture('-', { stdin })
      const batch = new PacketBatch(2, 4096)
      expect(await source.read(batch)).to.equal(true)
      expect(batch.count).to.equal(2)
    }
  })

  it('reads nothing once it is closed, and can be closed twice', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'capture')
      writeFileSync(path, EXAMPLE)
      for (const source of [
        await openCapture(path),
        await openCapture('-', { stdin: createReadStream(path) }),
      ]) {
        await source[Symbol.asyncDispose]()
        await source[Symbol.asyncDispose]()
        expect(await source.read(new PacketBatch(2, 4096))).to.equal(false)
      }
    })
  })

  it('does not look for what a lying length promises in a large file, nor make room for it', async () => {
    const record = fields(true, [8, 0], [4, 0xffff_ffff], [4, 0xffff_ffff])
    const section = new ExampleSection(true)
    const block = fields(true, [4, 99], [4, 0xffff_fffc])
    const head = Buffer.concat([section.header().bytes, section.interface(1, 0).bytes])
    await inFolder(async (folder) => {
      for (const [name, start, lie, reason] of [
        ['pcap', EXAMPLE, record, 'packet 6 claims 4294967295 captured bytes, more than 262144'],
        ['pcapng', head, block, 'the two lengths of a block differ'],
      ] as const) {
        const path = join(folder, name)
        sparse(path, Buffer.concat([start, lie]), 2 ** 33)
        await using source = await openCapture(path)
        const batch = new PacketBatch(10, 4096)
        let packets = 0
        while (source.read(batch) === true) packets += batch.count
        expect(packets).to.equal(name === 'pcap' ? 5 : 0)
        expect(source.damage).to.deep.equal({ offset: start.length, reason })
        expect(batch.bytes.length).to.equal(4096)
      }
    })
  })

  it('pulls no more from a pipe once a length lies', async () => {
    let pulled = 0
    const endless = function* () {
      yield Buffer.concat([EXAMPLE, fields(true, [8, 0], [4, 0xffff_ffff], [4, 0])])
      for (;;) {
        pulled++
        yield Buffer.alloc(65_536)
      }
    }
    const { packets, damage } = await readPiped(endless())
    expect(packets).to.have.length(5)
    expect(damage?.offset).to.equal(EXAMPLE.length)
    expect(pulled).to.be.below(10)
  })
})

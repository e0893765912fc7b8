import { spawnSync } from 'node:child_process'
import { createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import pcapParser from 'pcap-parser'
import { Link } from '../model/codes.ts'
import {
  assemble,
  CLASSIC_FORMS,
  classicExample,
  inFolder,
  readAll,
  SAMPLES,
  type WasRead,
} from './example-captures.test.ts'
import { ExampleSection, pcapngExample } from './example-pcapng.test.ts'
import { openCapture } from './open.ts'
import { PcapngWriter } from './pcapng-writer.ts'

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url))
const FIELDS = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len']

async function read(path: string): Promise<WasRead> {
  await using source = await openCapture(path)
  return await readAll(source, 50, 4096)
}

/** What tshark says of each packet: number, nanoseconds since 1970 (where it has a time), lengths. */
function byShark(path: string): string[] {
  const wanted = FIELDS.flatMap((field) => ['-e', field])
  const result = spawnSync('tshark', ['-n', '-r', path, '-T', 'fields', ...wanted], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`tshark: ${result.error?.message ?? result.stderr}`)
  return result.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [number, time = '', length, captured] = line.split('\t')
      const [seconds = '', fraction = ''] = time.split('.')
      return [number, time === '' ? '' : seconds + fraction.padEnd(9, '0'), length, captured].join(' ')
    })
}

function byReader({ packets }: WasRead, timed: (index: number) => boolean = () => true): string[] {
  return packets.map(({ number, at, original, frame }, i) =>
    [number, timed(i) ? at : '', original, frame.length / 2].join(' '),
  )
}

/** Interfaces of many clocks (tshark's arithmetic overflows for finer ones), both packet blocks with times, and simple ones. */
function clocksExample(): Uint8Array {
  const blocks = []
  for (const little of [true, false]) {
    const section = new ExampleSection(little)
    blocks.push(section.header())
    const clocks = [0, 3, 6, 9, 0x8a, 0x94, 0x9e] as const
    for (const [i, resolution] of clocks.entries())
      blocks.push(section.interface(i % 2 === 0 ? 1 : 101, 0, resolution, i > 3 ? 3600n : undefined))
    for (const [i, resolution] of clocks.entries())
      for (const each of SAMPLES) {
        const perSecond = resolution > 0x7f ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
        const units = (each.at * perSecond) / 1_000_000_000n
        blocks.push(i % 2 === 0 ? section.enhanced(i, units, each) : section.obsolete(i, units, each))
      }
  }
  return assemble(blocks).bytes
}

const NODE_PCAP = `
  import pcap from 'node-pcap'
  pcap.warningHandler = () => {}
  const session = pcap.createOfflineSession(process.argv[1], '')
  session.on('packet', ({ header, buf }) => {
    const [seconds, micros, captured, original] = [0, 4, 8, 12].map((at) => header.readUInt32LE(at))
    console.log([seconds, micros, original, buf.subarray(0, captured).toString('hex')].join(' '))
  })
`

function loadsNodePcap(): boolean {
  try {
    createRequire(import.meta.url).resolve('node-pcap/build/Release/pcap_binding.node')
    return true
  } catch {
    return false
  }
}

describe('capture against other readers', () => {
  it('agrees with tshark on every classic form, and on recorded captures', async () => {
    await inFolder(async (folder) => {
      const recorded = readdirSync(CAPTURES).filter((name) => /\.pcap(ng)?$/.test(name))
      const paths = recorded.filter((_, i) => i % 8 === 0).map((name) => join(CAPTURES, name))
      for (const [i, form] of CLASSIC_FORMS.entries()) {
        const path = join(folder, `${i}.pcap`)
        writeFileSync(path, classicExample(form).bytes)
        paths.push(path)
      }
      for (const path of paths) expect(byReader(await read(path)), path).to.deep.equal(byShark(path))
    })
  })

  it('agrees with tshark on pcapng of every clock and block', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'clocks.pcapng')
      writeFileSync(path, clocksExample())
      const packets = await read(path)
      expect(packets.packets).to.have.length(2 * 7 * SAMPLES.length)
      expect(byReader(packets)).to.deep.equal(byShark(path))

      const section = new ExampleSection(false)
      const simple = SAMPLES.map((each) => section.simple({ ...each, original: each.frame.length }))
      writeFileSync(path, assemble([section.header(), section.interface(1, 0), ...simple]).bytes)
      expect(byReader(await read(path), () => false)).to.deep.equal(byShark(path))
    })
  })

  it('writes comments and interfaces that tshark reads', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'written.pcapng')
      using writer = new PcapngWriter(path, 1_767_225_600_000_000_000n)
      writer.addInterface('client', Link.ethernet)
      writer.addInterface('server', Link.raw)
      writer.write(0, 1_000_000_007, new Uint8Array(61), 'sent, verdict "drop"')
      writer.write(1, 2, new Uint8Array(40), '', 1500)
      writer.close()
      const fields = ['frame.comment', 'frame.interface_name', 'frame.len', 'frame.time_epoch']
      const args = ['-n', '-r', path, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]
      expect(spawnSync('tshark', args, { encoding: 'utf8' }).stdout.split('\n')).to.deep.equal([
        'sent, verdict "drop"\tclient\t61\t1767225601.000000007',
        '\tserver\t1500\t1767225600.000000002',
        '',
      ])
    })
  })

  it('agrees with pcap-parser on what that reads', async () => {
    await inFolder(async (folder) => {
      for (const form of CLASSIC_FORMS.filter(({ nano }) => !nano)) {
        const path = join(folder, 'capture')
        writeFileSync(path, classicExample(form).bytes)
        const seen: string[] = []
        await new Promise<void>((resolve, reject) => {
          pcapParser
            .parse(createReadStream(path))
            .on('packet', ({ header, data }) => {
              const { timestampSeconds, timestampMicroseconds, originalLength } = header
              seen.push(
                [timestampSeconds, timestampMicroseconds, originalLength, data.toString('hex')].join(' '),
              )
            })
            .on('error', reject)
            .on('end', () => resolve())
        })
        expect(seen).to.deep.equal(inMicroseconds(await read(path)))
      }
    })
  })

  if (loadsNodePcap())
    it('agrees with node-pcap on classic captures and pcapng', async () => {
      await inFolder(async (folder) => {
        const path = join(folder, 'capture')
        for (const { bytes } of [...CLASSIC_FORMS.map((form) => classicExample(form)), pcapngExample(true)]) {
          writeFileSync(path, bytes)
          const args = ['--input-type=module', '-e', NODE_PCAP, path]
          const result = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: CAPTURES })
          expect(result.stdout.split('\n').slice(0, -1), result.stderr).to.deep.equal(
            inMicroseconds(await read(path)),
          )
        }
      })
    })
})

/** The words of readers that know microseconds. */
function inMicroseconds({ packets }: WasRead): string[] {
  return packets.map(({ at, original, frame }) =>
    [at / 1_000_000_000n, (at % 1_000_000_000n) / 1000n, original, frame].join(' '),
  )
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ClassicWriter } from '../../capture/writer.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link } from '../../model/codes.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import { putU16, u16 } from '../../wire/bytes.ts'
import { fold, sumAddresses, writeIpv4Checksum } from '../../wire/checksum.ts'
import { isIpv6, writeDatagramLength } from '../../wire/ip.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { importCapture } from '../import.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname

interface Frame {
  readonly time: number
  readonly bytes: Uint8Array
}

describe('author/import', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const written = (frames: readonly Frame[]): string => {
    const path = join(folder, 'in.pcap')
    using writer = new ClassicWriter(path, Link.ethernet, 1_700_000_000_000_000_000n)
    for (const { time, bytes } of frames) writer.write(time, bytes)
    writer.close()
    return path
  }
  const brought = async (frames: readonly Frame[], mend: boolean, keepDuplicates = false) => {
    const out = join(folder, 'out.pcap')
    const report = await importCapture({
      file: written(frames),
      out,
      signal: new AbortController().signal,
      mend,
      keepDuplicates,
      mtu: 1500,
      title: 'A test',
      by: 'flowbreak capture import',
      with: {},
    })
    const { batch } = await loadRecorded(out)
    return { report, batch, frames: framesOf(batch) }
  }

  for (const name of [
    'echo-ladder-ipv4',
    'echo-ladder-ipv6',
    'icmp-error-ipv4',
    'udp-fragments-ipv6',
    'vlan-http-ipv4',
  ]) {
    it(`${name}: leaves out what a router's mirror port shows twice, and nothing else`, async () => {
      const frames = framesOf((await loadRecorded(join(CAPTURES, `${name}.pcap`))).batch)
      const twice = frames.flatMap((frame) => [
        frame,
        { time: frame.time + 3_000, bytes: routed(frame.bytes) },
      ])
      const { report, frames: left } = await brought(twice, false)
      expect(left).to.deep.equal(frames)
      expect(report.duplicates).to.deep.equal({
        count: frames.length,
        first: frames.slice(0, 10).map((_, n) => 2 * n + 2),
      })
      expect((await brought(twice, false, true)).frames).to.deep.equal(twice)
      const late = frames.flatMap((frame) => [
        frame,
        { time: frame.time + 10_000_001, bytes: routed(frame.bytes) },
      ])
      late.sort((a, b) => a.time - b.time)
      expect((await brought(late, false)).frames).to.deep.equal(late)
    })
  }

  for (const name of ['http-download-ipv4', 'http-download-ipv6'])
    it(`${name}: tells super-frames and offloaded checksums, and mends them to what was on the link`, async () => {
      const { batch } = await loadRecorded(join(CAPTURES, `${name}.pcap`))
      const frames = framesOf(batch)
      const joined = joinedOf(batch)
      expect(joined.length).to.be.lessThan(frames.length)
      const told = (await brought(joined, false)).report
      expect(told.superFrames.count).to.be.greaterThan(5)
      expect(told.offloadedChecksums.count).to.equal(told.superFrames.count)
      const { report, batch: mended } = await brought(joined, true)
      expect(report.segmented).to.equal(told.superFrames.count)
      for (let i = 0; i < mended.count; i++) {
        expect(verifyChecksums(mended.copyFrame(i), Link.ethernet), `${i + 1}`).to.equal('ok')
        expect(mended.captured[i]).to.be.at.most(1514)
      }
      expect(payloadOf(mended)).to.deep.equal(payloadOf(batch))
    })
})

function framesOf(batch: PacketBatch): Frame[] {
  return Array.from({ length: batch.count }, (_, i) => ({
    time: batch.time[i] ?? 0,
    bytes: batch.copyFrame(i),
  }))
}

/** The frame behind a router: other hardware addresses, one hop more. */
function routed(frame: Uint8Array): Uint8Array {
  const other = frame.slice()
  other.set([2, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 2])
  const l3 = u16(frame, 12) === 0x8100 ? 18 : 14
  if (isIpv6(other, l3)) other[l3 + 7] = (other[l3 + 7] ?? 0) - 1
  else {
    other[l3 + 8] = (other[l3 + 8] ?? 0) - 1
    writeIpv4Checksum(other, l3)
  }
  return other
}

/** Segments with payload of one direction that follow each other put together as a sending host shows them, with no checksum but the pseudo-header's. */
function joinedOf(batch: PacketBatch): Frame[] {
  const frames: Frame[] = []
  for (let i = 0; i < batch.count; i++) {
    let bytes = batch.copyFrame(i)
    const time = batch.time[i] ?? 0
    const l3 = 14
    const l4 = (batch.l4[i] ?? 0) - (batch.start[i] ?? 0)
    let parts = 1
    while (
      parts < 4 &&
      i + 1 < batch.count &&
      (batch.payload[i] ?? 0) > 1000 &&
      batch.direction[i + 1] === batch.direction[i] &&
      ((batch.seq[i] ?? 0) + (batch.payload[i] ?? 0)) >>> 0 === (batch.seq[i + 1] ?? 0) >>> 0
    ) {
      i++
      parts++
      const next = batch.copyFrame(i)
      bytes = Uint8Array.from([...bytes, ...next.subarray(next.length - (batch.payload[i] ?? 0))])
    }
    if (parts > 1) {
      writeDatagramLength(bytes, l3, bytes.length)
      if (!isIpv6(bytes, l3)) writeIpv4Checksum(bytes, l3)
      putU16(bytes, l4 + 16, fold(sumAddresses(bytes, l3) + 6 + bytes.length - l4))
    }
    frames.push({ time, bytes })
  }
  return frames
}

/** The bytes of each direction in the order of packets. */
function payloadOf(batch: PacketBatch): Record<string, string> {
  const parts: Record<string, string> = {}
  for (let i = 0; i < batch.count; i++) {
    if (batch.kind[i] !== Kind.tcp4 && batch.kind[i] !== Kind.tcp6) continue
    const l4 = batch.l4[i] ?? 0
    const from = l4 + (((batch.bytes[l4 + 12] ?? 0) >> 4) << 2)
    const bytes = batch.bytes.subarray(from, from + (batch.payload[i] ?? 0))
    const key = `${batch.direction[i]}`
    parts[key] = (parts[key] ?? '') + Buffer.from(bytes).toString('latin1')
  }
  return parts
}

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openCapture } from '../harness/capture/open.ts'
import { PacketBatch } from '../harness/model/batch.ts'
import { Kind, nameOf, Tcp } from '../harness/model/codes.ts'
import { FlowbreakError } from '../harness/support/errors.ts'
import { u32 } from '../harness/wire/bytes.ts'
import { decodeBatch } from '../harness/wire/decode.ts'
import { verifyChecksums } from '../harness/wire/verify.ts'
import { type CaptureKind, type CaptureSize, generateCapture } from './generate.ts'

/** One frame that was generated, decoded. */
interface Generated {
  readonly time: number
  readonly length: number
  readonly kind: string
  readonly vlan: number
  readonly checksums: 'ok' | 'bad' | 'none'
  /** Addresses and ports, the smaller end first; empty for fragments. */
  readonly ends: string
  /** Source port, which tells the side. */
  readonly from: string
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly payload: number
}

function inFile<T>(use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  const tidy = () => rmSync(folder, { recursive: true })
  const result = use(join(folder, 'out.pcap'))
  if (result instanceof Promise) result.then(tidy, tidy)
  else tidy()
  return result
}

function digest(kind: CaptureKind, size: CaptureSize): string {
  return inFile((path) => {
    generateCapture(kind, path, size)
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  })
}

async function generate(kind: CaptureKind, size: CaptureSize): Promise<Generated[]> {
  return inFile(async (path) => {
    generateCapture(kind, path, size)
    await using source = await openCapture(path)
    const batch = new PacketBatch(1000, 1 << 20)
    const frames: Generated[] = []
    while (await source.read(batch)) {
      decodeBatch(batch)
      for (let i = 0; i < batch.count; i++) frames.push(describeFrame(batch, i))
    }
    expect(source.damage).to.equal(undefined)
    return frames
  })
}

function describeFrame(batch: PacketBatch, i: number): Generated {
  const [l3, l4, start] = [batch.l3[i] ?? -1, batch.l4[i] ?? -1, batch.start[i] ?? 0]
  const hex = (from: number, to: number) => Buffer.from(batch.bytes.subarray(from, to)).toString('hex')
  const kind = nameOf(Kind, batch.kind[i] ?? 0)
  const size = kind.endsWith('6') ? 16 : 4
  const addresses = l3 + (size === 16 ? 8 : 12)
  const ported = l4 >= 0 && !kind.startsWith('icmp')
  const source = hex(addresses, addresses + size) + (ported ? hex(l4, l4 + 2) : '')
  const destination = hex(addresses + size, addresses + 2 * size) + (ported ? hex(l4 + 2, l4 + 4) : '')
  return {
    time: batch.time[i] ?? 0,
    length: batch.captured[i] ?? 0,
    kind,
    vlan: batch.vlan[i] ?? 0,
    checksums: verifyChecksums(
      batch.bytes.subarray(start, start + (batch.captured[i] ?? 0)),
      batch.link[i] ?? 0,
    ),
    ends: l4 < 0 ? '' : [source, destination].sort().join(),
    from: source,
    flags: batch.flags[i] ?? 0,
    seq: u32(batch.bytes, l4 + 4),
    ack: u32(batch.bytes, l4 + 8),
    payload: batch.payload[i] ?? 0,
  }
}

function byEnds(frames: readonly Generated[]): Map<string, Generated[]> {
  const flows = new Map<string, Generated[]>()
  for (const frame of frames) flows.set(frame.ends, [...(flows.get(frame.ends) ?? []), frame])
  return flows
}

describe('bench/generate', () => {
  it('gives equal bytes for equal arguments, and others for another seed', () => {
    const size = { packets: 900, flows: 41, seed: 3 }
    for (const kind of ['plain', 'mixed'] as const) {
      expect(digest(kind, size)).to.equal(digest(kind, size))
      expect(digest(kind, size)).to.not.equal(digest(kind, { ...size, seed: 4 }))
    }
  })

  it('writes plain flows that open, go on without a gap, and close', async () => {
    const frames = await generate('plain', { packets: 20_001, flows: 401 })
    expect(frames).to.have.length(20_001)
    const flows = byEnds(frames)
    expect(flows.size).to.equal(401)
    for (const flow of flows.values()) {
      expect(flow.slice(0, 3).map(({ flags }) => flags)).to.deep.equal([Tcp.syn, Tcp.syn | Tcp.ack, Tcp.ack])
      expect(flow.slice(-3).map(({ flags }) => flags)).to.deep.equal([
        Tcp.fin | Tcp.ack,
        Tcp.fin | Tcp.ack,
        Tcp.ack,
      ])
      const next = new Map<string, number>()
      for (const { from, seq, ack, flags, payload } of flow) {
        expect(seq).to.equal(next.get(from) ?? seq)
        const other = [...next].find(([side]) => side !== from)
        if (other !== undefined) expect(ack).to.equal(other[1])
        next.set(from, (seq + payload + ((flags & (Tcp.syn | Tcp.fin)) === 0 ? 0 : 1)) >>> 0)
      }
    }
    expect(frames.every(({ kind, checksums }) => kind === 'tcp4' && checksums === 'ok')).to.equal(true)
    expect(frames.every(({ time }, i) => i === 0 || time > (frames[i - 1]?.time ?? 0))).to.equal(true)
    expect(frames.reduce((sum, { length }) => sum + length, 0) / frames.length).to.be.within(500, 550)
    expect(new Set(frames.slice(0, 100).map(({ ends }) => ends)).size).to.be.above(50)
  })

  it('writes a mixture in which every kind has its share', async () => {
    const frames = await generate('mixed', { packets: 40_000, flows: 800 })
    expect(frames).to.have.length(40_000)
    const share = (is: (frame: Generated) => boolean) => frames.filter(is).length / frames.length
    expect(share(({ kind }) => kind.endsWith('6'))).to.be.within(0.07, 0.13)
    expect(share(({ vlan }) => vlan > 0)).to.be.within(0.07, 0.13)
    expect(share(({ kind }) => kind.startsWith('udp') || kind.startsWith('fragment'))).to.be.within(
      0.08,
      0.17,
    )
    expect(share(({ kind }) => kind.startsWith('fragment'))).to.be.within(0.01, 0.06)
    expect(share(({ kind }) => kind.startsWith('icmp'))).to.be.within(0.01, 0.06)
    expect(share(({ flags }) => (flags & Tcp.rst) !== 0)).to.be.within(0.005, 0.02)
    expect(new Set(frames.map(({ kind }) => kind))).to.deep.equal(
      new Set(['tcp4', 'tcp6', 'udp4', 'udp6', 'icmp4', 'icmp6', 'fragment4', 'fragment6']),
    )
    expect(share(({ checksums }) => checksums === 'bad')).to.equal(0)
    expect(frames.every(({ kind, checksums }) => checksums === 'ok' || kind.startsWith('fragment'))).to.equal(
      true,
    )
    const tcp = byEnds(frames.filter(({ kind }) => kind.startsWith('tcp')))
    const midway = [...tcp.values()].filter(([first]) => ((first?.flags ?? 0) & Tcp.syn) === 0)
    expect(midway.length / tcp.size).to.be.within(0.002, 0.03)
  })

  it('refuses sizes that cannot be', () => {
    for (const size of [
      { packets: 79, flows: 10 },
      { flows: 0 },
      { packets: 1.5, flows: 1 },
      { packets: Number.NaN },
    ])
      expect(() => generateCapture('plain', 'unused.pcap', size))
        .to.throw(FlowbreakError)
        .that.includes({ code: 'ERR_GENERATE' })
  })
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { Kind, Tunnels } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import { openAhead, openCapture } from './open.ts'
import { CaptureReader } from './reader.ts'

const CAPTURES = new URL('../../captures/', import.meta.url).pathname
const isTcp = (kind: number | undefined) => kind === Kind.tcp4 || kind === Kind.tcp6

/** Every value that stages after the decoder may ask of a packet, in one line. */
function packetsOf(batch: PacketBatch): string[] {
  const { start, number, captured, original, time, link, kind, l3, l4, payload, flags, vlan } = batch
  return Array.from({ length: batch.count }, (_, i) => {
    const at = start[i] ?? 0
    const tcp = isTcp(kind[i])
      ? [batch.ports[i], batch.seq[i], batch.ack[i], batch.window[i], batch.options[i]]
      : []
    return [
      number[i],
      captured[i],
      original[i],
      time[i],
      link[i],
      kind[i],
      (l3[i] ?? 0) - at,
      (l4[i] ?? 0) - at,
      payload[i],
      flags[i],
      vlan[i],
      ...tcp,
      crc32(batch.copyFrame(i)),
    ].join(' ')
  })
}

/** All packets of a capture, read as they are asked for. */
async function asAsked(path: string) {
  await using source = await openCapture(path)
  const batch = new PacketBatch(100, 1 << 16)
  const packets: string[] = []
  while (await source.read(batch)) {
    decodeBatch(batch)
    packets.push(...packetsOf(batch))
  }
  return { packets, damage: source.damage, links: [...source.links], header: { ...source.header } }
}

/** The same, read ahead. */
async function ahead(path: string) {
  await using source = await openAhead(path, Tunnels.outer, 0)
  expect(source).to.be.instanceOf(CaptureReader)
  if (!('next' in source)) throw new Error('not read ahead')
  const packets: string[] = []
  for (let batch = await source.next(); batch !== undefined; batch = await source.next())
    packets.push(...packetsOf(batch))
  expect(await source.next()).to.equal(undefined)
  return { packets, damage: source.damage, links: [...source.links], header: { ...source.header } }
}

/** Many times the records of a capture, so that batches are many: more than are read ahead. */
function manyTimes(name: string, times: number): Buffer {
  const bytes = readFileSync(join(CAPTURES, name))
  return Buffer.concat([bytes.subarray(0, 24), ...Array<Buffer>(times).fill(bytes.subarray(24))])
}

describe('capture/reader', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-reader-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  function written(name: string, bytes: Uint8Array): string {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }

  it('gives the packets, links, epoch and damage that reading without a thread gives', async () => {
    const classic = manyTimes('bulk-wscale-ipv4.pcap', 7)
    const damaged = manyTimes('echo-ladder-ipv6.pcap', 2)
    damaged.writeUInt32LE(0xffff_ffff, readFileSync(join(CAPTURES, 'echo-ladder-ipv6.pcap')).length + 8)
    const section = '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000'
    const description = '010000001400000001000000ffff000014000000'
    const packet = '060000002400000000000000000000000000000004000000040000000102030424000000'
    const paths = [
      written('cut.pcap', classic.subarray(0, classic.length - 7)),
      written('damaged.pcap', damaged),
      written('some.pcapng', Buffer.from(section + description + packet.repeat(3), 'hex')),
    ]
    for (const path of paths) {
      const found = await ahead(path)
      expect(found.packets).to.have.lengthOf.above(2)
      expect(found, path).to.deep.equal(await asAsked(path))
    }
    expect((await ahead(join(folder, 'cut.pcap'))).damage?.reason).to.match(/is cut off/)
  })

  it('ends its thread when nobody wants more, at any time, and can be closed at its end', async () => {
    const path = written('left.pcap', manyTimes('bulk-wscale-ipv4.pcap', 9))
    for (const taken of [0, 1, 3]) {
      await using source = await openAhead(path, Tunnels.outer, 0)
      if (!('next' in source)) throw new Error('not read ahead')
      for (let n = 0; n < taken; n++) expect((await source.next())?.count).to.be.greaterThan(0)
    }
  })

  it('leaves small files and pipes to whoever asks', async () => {
    await using source = await openAhead(join(CAPTURES, 'abort-rst-ipv4.pcap'), Tunnels.outer)
    expect(source).to.not.be.instanceOf(CaptureReader)
  })
})

import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Link, Tcp } from '../harness/model/codes.ts'
import { forgeTcp } from '../harness/wire/forge.ts'
import { manifestBeside, problemsOf } from './check-manifest.ts'
import type { Manifest } from './record/manifest.ts'

type Change = (bytes: Buffer) => Buffer
type Retold = (told: Manifest, bytes: Buffer) => Partial<Manifest>

const FOLDER = import.meta.dirname
/** Lengths of the headers of a classic capture and of its records. */
const FILE_HEADER = 24
const RECORD_HEADER = 16
const LINKTYPE_AT = 20
const LINKTYPE_RAW = 101
const PCAPNG_SECTION = '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000'
const ARP_HEADER = 'ffffffffffff02000000000c0806'

/** The first frame of a classic little-endian capture. */
function firstFrame(bytes: Buffer): Buffer {
  const start = FILE_HEADER + RECORD_HEADER
  return bytes.subarray(start, start + bytes.readUInt32LE(FILE_HEADER + 8))
}

/** The capture with one frame more, right behind the first and at its time; `original` is its length on the wire. */
function withSecond(bytes: Buffer, frame: Uint8Array, original = frame.length): Buffer {
  const end = FILE_HEADER + RECORD_HEADER + firstFrame(bytes).length
  const header = Buffer.from(bytes.subarray(FILE_HEADER, FILE_HEADER + RECORD_HEADER))
  header.writeUInt32LE(frame.length, 8)
  header.writeUInt32LE(original, 12)
  return Buffer.concat([bytes.subarray(0, end), header, frame, bytes.subarray(end)])
}

/** The capture without its last packets. */
function firstPackets(bytes: Buffer, count: number): Buffer {
  let end = FILE_HEADER
  for (let n = 0; n < count; n++) end += RECORD_HEADER + bytes.readUInt32LE(end + 8)
  return bytes.subarray(0, end)
}

/** A sound frame of `length` bytes on the capture's first flow. */
function segmentOf(bytes: Buffer, length: number): Uint8Array {
  const template = { bytes: firstFrame(bytes), link: Link.ethernet }
  const change = { flags: Tcp.ack, seq: 1, ack: 1, window: 1000 }
  const bare = forgeTcp(template, { ...change, payload: 0 })
  return forgeTcp(template, { ...change, payload: length - bare.length })
}

/** The capture with a bit changed where `text` first stands. */
function flipped(bytes: Buffer, text: string): Buffer {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf(text)
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}

/** The entries that a changed file makes untrue in any case. */
const sums: Retold = (_, bytes) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
})

/** Those, and what one packet more on the first flow makes untrue. */
const onePacketMore: Retold = (told, bytes) => ({
  ...sums(told, bytes),
  packets: told.packets + 1,
  flows: told.flows.map((flow, i) => (i === 0 ? { ...flow, packets: flow.packets + 1 } : flow)),
})

describe('the check of a capture against its manifest', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowbreak-captures-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** What is said of a changed copy under the original's manifest, with what is told anew. */
  async function problemsAfter(name: string, change: Change, retold?: Retold): Promise<string[]> {
    const original = join(FOLDER, name)
    const told = await manifestBeside(original)
    const bytes = change(await readFile(original))
    const copy = join(folder, name)
    await writeFile(copy, bytes)
    return problemsOf({ ...told, ...retold?.(told, bytes) }, copy)
  }

  it('complains of a flipped payload byte, by the sum and by the checksum', async () => {
    const flip: Change = (bytes) => flipped(bytes, 'client message')
    const problems = await problemsAfter('echo-ladder-ipv4.pcap', flip)
    expect(problems).to.have.lengthOf(2)
    expect(problems[0]).to.match(/^The manifest says sha256: \w{64}; the file has \w{64}\.$/)
    expect(problems[1]).to.equal('The manifest does not allow bad-checksum, found in packet 4.')
  })

  for (const family of ['ipv4', 'ipv6'])
    it(`complains of a flipped byte in a fragment over ${family}, at the last of the datagram`, async () => {
      const flip: Change = (bytes) => flipped(bytes, 'client message')
      expect(await problemsAfter(`udp-fragments-${family}.pcap`, flip, sums)).to.deep.equal([
        'The manifest does not allow bad-checksum, found in packet 3.',
      ])
    })

  it('names ten packets at most', async () => {
    const retold: Retold = (told, bytes) => ({ ...sums(told, bytes), flows: [] })
    // A version of 5 leaves no frame with an IP header, and so none with a flow.
    const broken: Change = (bytes) =>
      Buffer.from(bytes.toString('latin1').replaceAll('\x08\0E', '\x08\0U'), 'latin1')
    const problems = await problemsAfter('udp-ladder-ipv4.pcap', broken, retold)
    expect(problems.at(-1)).to.equal('Of no flow: packets 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more.')
  })

  it('complains of an appended byte', async () => {
    const append: Change = (bytes) => Buffer.concat([bytes, Buffer.of(0)])
    const problems = await problemsAfter('echo-ladder-ipv4.pcap', append)
    expect(problems).to.have.lengthOf(3)
    expect(problems[0]).to.include('sha256')
    expect(problems[1]).to.equal('The manifest says bytes: 3324; the file has 3325.')
    expect(problems[2]).to.match(/^The file is damaged at byte 3324: /)
  })

  it('complains of a file that ends within a packet', async () => {
    const problems = await problemsAfter('icmp-echo-ipv6.pcap', (bytes) => bytes.subarray(0, -1), sums)
    expect(problems).to.include('The manifest says packets: 10; the file has 9.')
    expect(problems.join('\n')).to.match(/^The file is damaged at byte \d+: /m)
  })

  it('takes a flow for closed only when both sides have ended it', async () => {
    const cut: Change = (bytes) => firstPackets(bytes, 24)
    const problems = await problemsAfter('echo-ladder-ipv4.pcap', cut, sums)
    expect(problems.join('\n')).to.match(
      / 26 packets .* closes fin; the file has .* 24 packets .* closes open\.$/m,
    )
  })

  it('complains of another link type', async () => {
    const raw: Change = (bytes) => {
      bytes.writeUInt32LE(LINKTYPE_RAW, LINKTYPE_AT)
      return bytes
    }
    const problems = await problemsAfter('dns-udp-ipv6.pcap', raw, sums)
    expect(problems).to.include('The manifest says link: EN10MB; the file has RAW.')
  })

  it('complains of a file that is no capture, or one of another format', async () => {
    const text = await problemsAfter('icmp-echo-ipv4.pcap', () => Buffer.from('no capture'), sums)
    expect(text).to.have.lengthOf(1)
    expect(text[0]).to.include('icmp-echo-ipv4.pcap')
    const next = await problemsAfter('icmp-echo-ipv4.pcap', () => Buffer.from(PCAPNG_SECTION, 'hex'), sums)
    expect(next).to.include('The manifest says format: pcap; the file has pcapng.')
  })

  it('complains of a frame of 1,600 bytes', async () => {
    const long: Change = (bytes) => withSecond(bytes, segmentOf(bytes, 1600))
    expect(await problemsAfter('echo-ladder-ipv4.pcap', long)).to.have.lengthOf(5)
    expect(await problemsAfter('echo-ladder-ipv4.pcap', long, onePacketMore)).to.deep.equal([
      'The manifest does not allow frame-over-mtu, found in packet 2.',
    ])
  })

  for (const [name, longest] of [
    ['http-get-ipv4.pcap', 1514],
    ['http-get-ipv6.pcap', 1514],
    ['vlan-http-ipv4.pcap', 1518],
    ['vlan-http-ipv6.pcap', 1518],
  ] as const)
    it(`takes frames of up to ${longest} bytes in ${name}`, async () => {
      const problemsWith = (length: number): Promise<string[]> =>
        problemsAfter(name, (bytes) => withSecond(bytes, segmentOf(bytes, length)), onePacketMore)
      expect(await problemsWith(longest)).to.deep.equal([])
      expect(await problemsWith(longest + 1)).to.have.lengthOf(1)
    })

  it('takes a defect that the manifest allows, and no allowance without need', async () => {
    const flip: Change = (bytes) => flipped(bytes, 'GET / ')
    const problemsUnder = (...allows: Manifest['allows']): Promise<string[]> =>
      problemsAfter('http-get-ipv6.pcap', flip, (told, bytes) => ({ ...sums(told, bytes), allows }))
    expect(await problemsUnder('bad-checksum')).to.deep.equal([])
    expect(await problemsUnder('bad-checksum', 'frame-over-mtu')).to.deep.equal([
      'The manifest allows frame-over-mtu, which no packet needs.',
    ])
  })

  it('complains of a packet that was not captured whole', async () => {
    const cut: Change = (bytes) => withSecond(bytes, segmentOf(bytes, 300).subarray(0, 200), 300)
    expect(await problemsAfter('http-get-ipv4.pcap', cut, onePacketMore)).to.deep.equal([
      'Not captured whole: packet 2.',
    ])
  })

  it('complains of a packet of no flow', async () => {
    const arp = Buffer.alloc(60).fill(ARP_HEADER, 0, ARP_HEADER.length / 2, 'hex')
    const retold: Retold = (told, bytes) => ({ ...sums(told, bytes), packets: told.packets + 1 })
    expect(
      await problemsAfter('http-get-ipv4.pcap', (bytes) => withSecond(bytes, arp), retold),
    ).to.deep.equal(['Of no flow: packet 2.'])
  })

  it('complains of each untrue entry of a manifest', async () => {
    const file = join(FOLDER, 'icmp-error-ipv4.pcap')
    const told = await manifestBeside(file)
    const [flow] = told.flows
    if (flow === undefined) throw new Error(`The manifest of ${file} has no flow.`)
    const lies: readonly (readonly [string, Partial<Manifest>])[] = [
      ['capture', { capture: 'another.pcap' }],
      ['title', { title: ' ' }],
      ['script', { by: 'captures/record/nobody.ts' }],
      ['script', { by: 'captures/record' }],
      ['family', { family: 'ipv6' }],
      ['sha256', { sha256: '0'.repeat(64) }],
      ['packets', { packets: told.packets - 1 }],
      ['bytes', { bytes: told.bytes + 16 }],
      ['duration', { duration: told.duration + 0.000001 }],
      ['flow 1', { flows: [] }],
      ['flow 2', { flows: [flow, flow] }],
      ['flow 1', { flows: [{ ...flow, protocol: 'udp' }] }],
      ['flow 1', { flows: [{ ...flow, client: flow.server, server: flow.client }] }],
      ['flow 1', { flows: [{ ...flow, packets: flow.packets + 1 }] }],
      ['flow 1', { flows: [{ ...flow, opens: 'mid' }] }],
      ['flow 1', { flows: [{ ...flow, closes: 'rst' }] }],
      ['flow 1', { flows: [{ ...flow, errors: 0 }] }],
      ['frame-over-mtu', { allows: ['frame-over-mtu'] }],
    ]
    for (const [what, lie] of lies) {
      const problems = await problemsOf({ ...told, ...lie }, file)
      expect(problems, JSON.stringify(lie)).to.have.lengthOf(1)
      expect(problems[0]).to.include(what)
    }
  })
})

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PacketBatch } from '../model/batch.ts'
import { Link, Tcp } from '../model/codes.ts'
import { putU16 } from './bytes.ts'
import { writeTransportChecksum } from './checksum.ts'
import { emitIcmp } from './icmp.ts'
import { emitIpv4, type Ipv4Header } from './ipv4.ts'
import { emitIpv6 } from './ipv6.ts'
import { Protocol } from './numbers.ts'
import { emitTcp, type TcpHeader } from './tcp.ts'
import { emitUdp } from './udp.ts'

/** Frames that the tests of this folder build, and what reads them back. */
export interface ExampleFrame {
  readonly bytes: Uint8Array
  readonly link: number
  readonly original?: number
}

export const CLIENT4 = Uint8Array.of(192, 0, 2, 10)
export const SERVER4 = Uint8Array.of(198, 51, 100, 80)
export const CLIENT6 = hex('20010db8000000000000000000000010')
export const SERVER6 = hex('20010db8000000010000000000000080')

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'))
}

export function join8(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

/** An IPv4 packet round a segment, whose transport checksum is written. */
export function ipv4(protocol: number, segment: Uint8Array, change: Partial<Ipv4Header> = {}): Uint8Array {
  const header: Ipv4Header = {
    tos: 0,
    id: 7,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 61,
    protocol,
    source: CLIENT4,
    destination: SERVER4,
    options: new Uint8Array(0),
    payloadLength: segment.length,
    ...change,
  }
  const bytes = new Uint8Array(20 + header.options.length + segment.length)
  const l4 = emitIpv4(header, bytes, 0)
  bytes.set(segment, l4)
  if (isTransport(protocol)) writeTransportChecksum(bytes, 0, l4, bytes.length, protocol)
  return bytes
}

/** An IPv6 packet round extension headers (as on the wire, the first of type `first`) and a segment. */
export function ipv6(
  protocol: number,
  segment: Uint8Array,
  first = protocol,
  ...extensions: Uint8Array[]
): Uint8Array {
  const chain = join8(...extensions)
  const bytes = new Uint8Array(40 + chain.length + segment.length)
  const header = { trafficClass: 0, flowLabel: 5, nextHeader: first, hopLimit: 61 }
  const payloadLength = chain.length + segment.length
  emitIpv6({ ...header, source: CLIENT6, destination: SERVER6, payloadLength }, bytes, 0)
  bytes.set(chain, 40)
  bytes.set(segment, 40 + chain.length)
  if (isTransport(protocol)) writeTransportChecksum(bytes, 0, 40 + chain.length, bytes.length, protocol)
  return bytes
}

function isTransport(protocol: number): boolean {
  return ([Protocol.tcp, Protocol.udp, Protocol.icmp, Protocol.icmp6] as number[]).includes(protocol)
}

export function tcp(change: Partial<TcpHeader> = {}, payload = 0): Uint8Array {
  const header: TcpHeader = {
    sourcePort: 40_000,
    destinationPort: 80,
    seq: 1000,
    ack: 5000,
    reserved: 0,
    flags: Tcp.psh | Tcp.ack,
    window: 501,
    urgent: 0,
    options: new Uint8Array(0),
    ...change,
  }
  const bytes = new Uint8Array(20 + header.options.length + payload).fill(0x61)
  emitTcp(header, bytes, 0)
  return bytes
}

export function udp(payload: number): Uint8Array {
  const bytes = new Uint8Array(8 + payload).fill(0x62)
  emitUdp({ sourcePort: 40_000, destinationPort: 53, payloadLength: payload }, bytes, 0)
  return bytes
}

export function icmp(type: number, code: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length)
  bytes.set(body, emitIcmp({ type, code, rest: 0 }, bytes, 0))
  return bytes
}

export const MACS = hex('02000000000b 02000000000a')

/** The packet in an Ethernet frame behind the given tags (with their EtherTypes, as on the wire). */
export function ethernet(packet: Uint8Array, tags: Uint8Array = new Uint8Array(0)): ExampleFrame {
  return { bytes: join8(MACS, tags, etherType(packet), packet), link: Link.ethernet }
}

export function etherType(packet: Uint8Array): Uint8Array {
  return hex((packet[0] ?? 0) >> 4 === 6 ? '86dd' : '0800')
}

/** The packet behind every other link header that the decoder reads, with the LINKTYPE of each. */
export function onEveryLink(packet: Uint8Array): (ExampleFrame & { readonly linkType: number })[] {
  const six = (packet[0] ?? 0) >> 4 === 6
  const ppp = hex(six ? '0057' : '0021')
  const nflog = new Uint8Array(16)
  nflog.set(hex(`${six ? '0a' : '02'}00000005000a0000000000`))
  putU16(nflog, 12, ((packet.length + 4) & 0xff) * 256 + ((packet.length + 4) >> 8))
  putU16(nflog, 14, 0x0900)
  const headers: [linkType: number, link: number, header: Uint8Array][] = [
    [1, Link.ethernet, join8(MACS, etherType(packet))],
    [101, Link.raw, hex('')],
    [six ? 229 : 228, six ? Link.raw6 : Link.raw4, hex('')],
    [0, Link.null, hex(six ? '1e000000' : '02000000')],
    [0, Link.null, hex(six ? '1c000000' : '02000000')],
    [108, Link.loop, hex(six ? '00000018' : '00000002')],
    [113, Link.sll, join8(hex('0000 0001 0006 02000000000a 0000'), etherType(packet))],
    [276, Link.sll2, join8(etherType(packet), hex('0000 00000002 0001 00 06 02000000000a 0000'))],
    [9, Link.ppp, ppp],
    [50, Link.ppp, join8(hex('ff03'), ppp)],
    [104, Link.chdlc, join8(hex('0f00'), etherType(packet))],
    [239, Link.nflog, nflog],
  ]
  return headers.map(([linkType, link, header]) => ({ linkType, link, bytes: join8(header, packet) }))
}

/** A batch of frames with gaps between them, filled with bytes that must not be read. */
export function batchOf(...frames: readonly ExampleFrame[]): PacketBatch {
  const total = frames.reduce((sum, frame) => sum + frame.bytes.length + 16, 16)
  const batch = new PacketBatch(frames.length, total)
  batch.bytes.fill(0xee)
  let at = 16
  frames.forEach((frame, i) => {
    batch.bytes.set(frame.bytes, at)
    batch.start[i] = at
    batch.captured[i] = frame.bytes.length
    batch.original[i] = frame.original ?? frame.bytes.length
    batch.link[i] = frame.link
    batch.number[i] = i + 1
    at += frame.bytes.length + 16
  })
  batch.count = frames.length
  return batch
}

/** A classic capture of the frames. */
export function pcapOf(linkType: number, frames: readonly { readonly bytes: Uint8Array }[]): Uint8Array {
  const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer)
  const records = frames.map(({ bytes }, i) => join8(words(i, 0, bytes.length, bytes.length), bytes))
  return join8(words(0xa1b2c3d4, 0x00040002, 0, 0, 262_144, linkType), ...records)
}

const CHECKSUMS = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum']
/** Checksums are held, and fragments left as they are. */
const SETTINGS = [...CHECKSUMS.map((name) => `${name}:TRUE`), 'ip.defragment:FALSE', 'ipv6.defragment:FALSE']

/** What tshark reads in frames of one LINKTYPE: a row a frame, a cell a field, all its occurrences joined by commas. */
export function tshark(
  linkType: number,
  frames: readonly { readonly bytes: Uint8Array }[],
  fields: readonly string[],
): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-wire-'))
  try {
    const path = join(folder, 'frames.pcap')
    writeFileSync(path, pcapOf(linkType, frames))
    const settings = SETTINGS.flatMap((setting) => ['-o', setting])
    const wanted = fields.flatMap((field) => ['-e', field])
    const args = ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=a', ...settings, ...wanted]
    const result = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (result.status !== 0) throw new Error(`tshark: ${result.error?.message ?? result.stderr}`)
    return result.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

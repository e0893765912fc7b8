import { PacketBatch } from '../../../harness/model/batch.ts'
import { Kind, Tcp } from '../../../harness/model/codes.ts'
import { FlowbreakError } from '../../../harness/support/errors.ts'
import { decodeBatch } from '../../../harness/wire/decode.ts'
import { dissectFrame } from '../../../harness/wire/dissect.ts'
import { newDissection } from '../../../harness/wire/dissection.ts'
import { checkEthernet, parseEthernet } from '../../../harness/wire/ethernet.ts'
import {
  CLIENT4,
  CLIENT6,
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  join8,
  onEveryLink,
  tcp,
  udp,
} from '../../../harness/wire/example-frames.test.ts'
import { forgeTcp } from '../../../harness/wire/forge.ts'
import { checkIcmp, findQuote, parseIcmp } from '../../../harness/wire/icmp.ts'
import { datagramEnd, isIpv6 } from '../../../harness/wire/ip.ts'
import { checkIpv4, parseIpv4 } from '../../../harness/wire/ipv4.ts'
import { checkIpv6, parseIpv6 } from '../../../harness/wire/ipv6.ts'
import { Protocol } from '../../../harness/wire/numbers.ts'
import { payloadRange, withPayload } from '../../../harness/wire/payload.ts'
import { readdress } from '../../../harness/wire/readdress.ts'
import { buildReset } from '../../../harness/wire/reset.ts'
import { mapSackEdges } from '../../../harness/wire/sack-edges.ts'
import { checkTcp, parseTcp } from '../../../harness/wire/tcp.ts'
import { emitTcpOptions, parseTcpOptions } from '../../../harness/wire/tcp-options.ts'
import { carriersOf } from '../../../harness/wire/tunnel/carriers.ts'
import { TUNNELS } from '../../../harness/wire/tunnel/example-tunnels.test.ts'
import { checkUdp, parseUdp } from '../../../harness/wire/udp.ts'
import { buildUnreachable } from '../../../harness/wire/unreachable.ts'
import { verifyChecksums } from '../../../harness/wire/verify.ts'
import { damage, type Field, hexOf, smallerBytes } from '../kit/bytes.ts'
import type { Surface } from '../kit/fuzz.ts'
import { demand } from '../kit/told.ts'

/** A frame, how long it was on the wire, and which tunnels it is read with. */
export interface FrameInput {
  readonly bytes: Uint8Array
  readonly link: number
  readonly original: number
  readonly tunnels: number
}

interface Seed {
  readonly bytes: Uint8Array
  readonly link: number
  readonly fields: readonly Field[]
}

const OPTIONS = emitTcpOptions({
  mss: 1460,
  sackPermitted: true,
  windowScale: 7,
  timestamps: { value: 1, echo: 2 },
})
const SACK = emitTcpOptions({
  timestamps: { value: 1, echo: 2 },
  sack: [
    [1, 2],
    [5, 9],
  ],
})
/** Packets of every kind that the decoder tells apart. */
const PACKETS = [
  ipv4(Protocol.tcp, tcp({}, 9)),
  ipv4(Protocol.tcp, tcp({ flags: Tcp.syn, options: OPTIONS })),
  ipv4(Protocol.tcp, tcp({ flags: Tcp.ack, options: SACK })),
  ipv4(Protocol.udp, udp(12)),
  ipv4(Protocol.tcp, tcp({}, 3), { options: hex('94040000') }),
  ipv4(Protocol.udp, udp(30), { moreFragments: true }),
  ipv4(Protocol.udp, udp(30), { fragmentOffset: 24 }),
  ipv4(Protocol.icmp, icmp(3, 1, ipv4(Protocol.tcp, tcp({}, 3)))),
  ipv4(Protocol.icmp, icmp(8, 0, hex('01020304'))),
  ipv4(132, new Uint8Array(20)),
  ipv6(Protocol.tcp, tcp({ options: SACK }, 9)),
  ipv6(Protocol.udp, udp(9), 44, hex('1100 0001 00000009')),
  ipv6(Protocol.tcp, tcp(), 0, hex('3c00 010400000000'), hex('0600 010400000000')),
  ipv6(Protocol.icmp6, icmp(1, 4, ipv6(Protocol.udp, udp(6)))),
  ipv6(Protocol.tcp, tcp(), 51, hex('0604 0000 00000001 00000002 000000000000000000000000')),
]
const TAGS = [
  '8100 0005',
  '88a8 0064 8100 0005',
  '9100 0001 8100 0002 8100 0003',
  '8847 00064140 ',
  '8864 1100 0001 0030 0021',
]
const SEEDS: readonly Seed[] = seeds()
const LARGEST_FRAME = 16_384

function seeds(): Seed[] {
  const frames: { readonly bytes: Uint8Array; readonly link: number }[] = []
  for (const packet of PACKETS) {
    frames.push(ethernet(packet), ...onEveryLink(packet))
    for (const tag of TAGS) frames.push(ethernet(packet, hex(tag)))
    for (const { wrap, version } of TUNNELS) {
      if (version !== undefined && version !== (packet[0] ?? 0) >> 4) continue
      const once = wrap(packet)
      frames.push(ethernet(once))
      const outer = TUNNELS[(once.length * 7) % TUNNELS.length]
      if (outer !== undefined && (outer.version ?? (once[0] ?? 0) >> 4) === (once[0] ?? 0) >> 4)
        frames.push(ethernet(outer.wrap(once)))
    }
  }
  // A stack of them, deeper than is read.
  let deep = PACKETS[0] ?? new Uint8Array(0)
  for (let n = 0; n < 20; n++) deep = ipv4(Protocol.gre, join8(hex('00000800'), deep))
  frames.push(ethernet(deep))
  return frames.map(({ bytes, link }) => ({ bytes, link, fields: fieldsOf(bytes, link) }))
}

/** Fields of the link, network and transport headers of a frame, of those in its tunnels too. */
function fieldsOf(bytes: Uint8Array, link: number): Field[] {
  const batch = new PacketBatch(1, 0)
  load(batch, { bytes, link, original: bytes.length, tunnels: 2 }, bytes, 0)
  decodeBatch(batch)
  const headers = [...carriersOf(batch, 0), { l3: batch.l3[0] ?? -1, l4: batch.l4[0] ?? -1 }]
  const fields: Field[] = [...Array(12).keys()].map((n) => ({ at: n * 2, size: 2 as const }))
  for (const { l3, l4 } of headers) {
    if (l3 >= 0) for (const at of [0, 6, 8, 9]) fields.push({ at: l3 + at, size: 1 })
    if (l3 >= 0) for (const at of [2, 4, 6]) fields.push({ at: l3 + at, size: 2 })
    if (l4 >= 0) for (const at of [0, 1, 3, 12, 13, 20, 21, 24, 25]) fields.push({ at: l4 + at, size: 1 })
    if (l4 >= 0) for (const at of [0, 2, 4, 6, 8, 14]) fields.push({ at: l4 + at, size: 2 })
  }
  return fields
}

/** Frames on every link layer, tagged, labelled and in tunnels: what reads them, and what makes others from them. */
export function wireSurface(): Surface<FrameInput> {
  const ours = new PacketBatch(1, 0)
  const theirs = new PacketBatch(1, 0)
  const one = new Uint8Array(LARGEST_FRAME)
  const other = new Uint8Array(LARGEST_FRAME)
  return {
    name: 'wire',
    make(random) {
      const seed = random.pick(SEEDS)
      const { bytes } = random.oneIn(20) ? seed : damage(random, seed.bytes, seed.fields)
      const link = random.oneIn(12) ? random.below(12) : seed.link
      const original = random.oneIn(3) ? random.below(2000) : bytes.length
      return { bytes, link, original, tunnels: random.below(3) }
    },
    check(input) {
      one.fill(0xee, 0, 32 + input.bytes.length)
      other.fill(0x45, 0, 32 + input.bytes.length)
      load(ours, input, one, 16)
      load(theirs, input, other, 16)
      decodeBatch(ours)
      decodeBatch(theirs)
      demandSame(ours, theirs)
      demandInside(ours, input)
      if (input.tunnels === 0) demandLikeDissection(ours, input)
      answers(ours, input)
      changes(ours, input)
      headers(ours, input)
      return ours.kind[0] !== Kind.malformed && ours.kind[0] !== Kind.other
    },
    *smaller(input) {
      for (const bytes of smallerBytes(input.bytes)) yield { ...input, bytes }
    },
    show: ({ bytes, link, original, tunnels }) =>
      `${hexOf(bytes)} link ${link}, original ${original}, tunnels ${tunnels}`,
  }
}

function load(
  batch: PacketBatch,
  { bytes, link, original, tunnels }: FrameInput,
  into: Uint8Array,
  at: number,
): void {
  if (into !== bytes) into.set(bytes, at)
  if (batch.bytes !== into) {
    batch.bytes = into
    batch.view = new DataView(into.buffer, into.byteOffset, into.byteLength)
  }
  batch.clear()
  batch.count = 1
  batch.start[0] = at
  batch.captured[0] = bytes.length
  batch.original[0] = original
  batch.link[0] = link
  batch.tunnels = tunnels
}

const COLUMNS = ['kind', 'l3', 'l4', 'payload', 'flags', 'vlan', 'stack'] as const

function demandSame(batch: PacketBatch, again: PacketBatch): void {
  for (const name of COLUMNS)
    demand(
      batch[name][0] === again[name][0],
      `what stands round a frame changes ${name}: ${batch[name][0]}, ${again[name][0]}`,
    )
}

/** Headers lie within the frame, transport headers whole, and there are no more tunnels than there may be. */
function demandInside(batch: PacketBatch, { bytes }: FrameInput): void {
  const kind = batch.kind[0] ?? -1
  const l3 = batch.l3[0] ?? -2
  const l4 = batch.l4[0] ?? -2
  const end = 16 + bytes.length
  demand(kind >= 0 && kind <= Kind.malformed, `kind ${kind}`)
  demand(l3 === -1 || (l3 >= 16 && l3 + (isIpv6(batch.bytes, l3) ? 40 : 20) <= end), `l3 ${l3} of ${end}`)
  demand(l4 === -1 || (l4 > l3 && l4 < end), `l4 ${l4} of ${end}`)
  const payload = batch.payload[0] ?? -1
  demand(payload >= 0 && payload <= 65_535, `payload ${payload}`)
  const least =
    kind === Kind.tcp4 || kind === Kind.tcp6 ? 20 : kind >= Kind.udp4 && kind <= Kind.icmp6 ? 8 : 0
  demand(least === 0 || (l4 > 0 && l4 + least <= end), `a header of kind ${kind} at ${l4} of ${end}`)
  const depth = (batch.stack[0] ?? 0) & 0xff
  demand(depth <= 16 && carriersOf(batch, 0).length === depth, `${depth} tunnels`)
}

const found = newDissection()

/** The short way to read a frame and the long one. */
function demandLikeDissection(batch: PacketBatch, { bytes, link, original }: FrameInput): void {
  dissectFrame(batch.bytes, 16, bytes.length, original, link, found)
  for (const name of COLUMNS)
    demand(
      batch[name][0] === found[name],
      `${name} is ${batch[name][0]} by the short way, ${found[name]} by the long`,
    )
}

const answered = new PacketBatch(1, 0)

/** What a firewall sends about the packet: whole frames that can be read as what they are. */
function answers(batch: PacketBatch, { link, tunnels }: FrameInput): void {
  for (const style of ['suricata', 'rfc'] as const)
    for (const to of ['sender', 'receiver'] as const) {
      const reset = buildReset(batch, 0, to, style)
      if (reset === undefined) continue
      const kind = readAgain(reset.frame, link, tunnels)
      demand(kind === batch.kind[0], `a reset about kind ${batch.kind[0]} is of kind ${kind}`)
      demand(((answered.flags[0] ?? 0) & Tcp.rst) !== 0, 'a reset has no RST')
    }
  for (const style of ['suricata', 'port'] as const) {
    const error = buildUnreachable(batch, 0, style)
    if (error === undefined) continue
    const kind = readAgain(error, link, tunnels)
    const six = isIpv6(batch.bytes, batch.l3[0] ?? 0)
    demand(kind === (six ? Kind.icmp6 : Kind.icmp4), `an ICMP error is of kind ${kind}`)
  }
}

function readAgain(frame: Uint8Array, link: number, tunnels: number): number {
  load(answered, { bytes: frame, link, original: frame.length, tunnels }, frame, 0)
  decodeBatch(answered)
  return answered.kind[0] ?? -1
}

/** What is made out of the frame, or refused. */
function changes(batch: PacketBatch, { bytes, link, tunnels }: FrameInput): void {
  const template = { bytes, link, tunnels }
  const copy = bytes.slice()
  const six = (batch.l3[0] ?? -1) >= 0 && isIpv6(batch.bytes, batch.l3[0] ?? 0)
  refused(['ERR_ADDRESS_FAMILY'], () =>
    readdress(
      copy,
      link,
      {
        source: { address: six ? CLIENT6 : CLIENT4, port: 7 },
        destination: { port: 9 },
        seqDelta: 5,
        ackDelta: -5,
        echoDelta: 1,
      },
      tunnels,
    ),
  )
  mapSackEdges({ ...template, bytes: copy }, (edge) => edge + 1)
  demand(['ok', 'bad', 'none'].includes(verifyChecksums(bytes, link)), 'checksums neither hold nor not')
  const forged = refused(['ERR_TEMPLATE', 'ERR_SEGMENT_LENGTH'], () =>
    forgeTcp(template, {
      flags: Tcp.ack,
      seq: 1,
      ack: 2,
      window: 3,
      payload: 4,
      timestamp: { value: 1, echo: 2 },
      keepOptions: true,
    }),
  )
  if (forged !== undefined) {
    const kind = readAgain(forged, link, tunnels)
    demand(kind === Kind.tcp4 || kind === Kind.tcp6, `a forged segment is of kind ${kind}`)
    demand(
      answered.seq[0] === 1 && answered.ack[0] === 2 && answered.payload[0] === 4,
      'a forged segment is another',
    )
  }
  const range = payloadRange(template)
  if (range === undefined) return
  demand(
    range.from >= 0 && range.from <= range.to && range.to <= bytes.length,
    `payload ${range.from} to ${range.to}`,
  )
  const other = withPayload(template, bytes.subarray(0, 5))
  if (other === undefined) return
  readAgain(other, link, tunnels)
  demand(answered.payload[0] === Math.min(5, bytes.length), `a payload of 5 is one of ${answered.payload[0]}`)
}

function refused<T>(codes: readonly string[], make: () => T): T | undefined {
  try {
    return make()
  } catch (thrown) {
    demand(thrown instanceof FlowbreakError && codes.includes(thrown.code), String((thrown as Error).stack))
    return undefined
  }
}

/** A parser and what says why it does not parse agree, wherever they begin. */
function headers(batch: PacketBatch, { bytes }: FrameInput): void {
  const from = 16
  const end = from + bytes.length
  const l3 = batch.l3[0] ?? -1
  const l4 = batch.l4[0] ?? -1
  const all = batch.bytes
  agree('Ethernet', checkEthernet(all, from, end), parseEthernet(all, from, end))
  for (const at of l3 < 0 ? [from] : [l3, from]) {
    agree('IPv4', checkIpv4(all, at, end), parseIpv4(all, at, end))
    agree('IPv6', checkIpv6(all, at, end), parseIpv6(all, at, end))
  }
  const at = l4 < 0 ? from : l4
  agree('UDP', checkUdp(all, at, end), parseUdp(all, at, end))
  agree('ICMP', checkIcmp(all, at, end), parseIcmp(all, at, end))
  const header = parseTcp(all, at, end)
  agree('TCP', checkTcp(all, at, end), header)
  if (header !== undefined) {
    const { sack = [] } = parseTcpOptions(header.options)
    demand(sack.length <= 4, `${sack.length} blocks in 40 bytes`)
  }
  if (l3 < 0 || l4 < 0) return
  const quote = { l3: 0, l4: -1, protocol: 0 }
  const six = isIpv6(all, l3)
  const stop = Math.min(end, datagramEnd(all, l3))
  if (findQuote(all, l4, stop, six, quote))
    demand(
      quote.l3 > l4 && quote.l3 + (six ? 40 : 20) <= stop && (quote.l4 < 0 || quote.l4 + 8 <= stop),
      'a quote outside',
    )
}

function agree(what: string, wrong: string | undefined, parsed: object | undefined): void {
  demand(
    (wrong === undefined) === (parsed !== undefined),
    `${what} is ${wrong ?? 'good'}, and ${parsed === undefined ? 'not ' : ''}read`,
  )
}

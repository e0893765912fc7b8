import { type PacketBatch, tunnelDepth } from '../../../harness/model/batch.ts'
import { Kind } from '../../../harness/model/codes.ts'
import { dissectFrame } from '../../../harness/wire/dissect.ts'
import { newDissection } from '../../../harness/wire/dissection.ts'
import { findQuote } from '../../../harness/wire/icmp.ts'
import { datagramEnd, isIpv6 } from '../../../harness/wire/ip.ts'
import { parseTcp } from '../../../harness/wire/tcp.ts'
import { parseTcpOptions } from '../../../harness/wire/tcp-options.ts'
import { carriersOf } from '../../../harness/wire/tunnel/carriers.ts'
import { demand } from '../kit/told.ts'
import type { FrameInput } from './frame.ts'

const COLUMNS = ['kind', 'l3', 'l4', 'payload', 'flags', 'vlan', 'stack'] as const

/** What stands round a frame changes nothing of what is read in it. */
export function demandSame(batch: PacketBatch, again: PacketBatch): void {
  for (const name of COLUMNS)
    demand(
      batch[name][0] === again[name][0],
      `what stands round a frame changes ${name}: ${batch[name][0]}, ${again[name][0]}`,
    )
}

/** Headers lie within the frame, transport headers whole, and there are no more tunnels than there may be. */
export function demandInside(batch: PacketBatch, { bytes, original }: FrameInput): void {
  const kind = batch.kind[0] ?? -1
  const l3 = batch.l3[0] ?? -2
  const l4 = batch.l4[0] ?? -2
  const end = 16 + bytes.length
  demand(kind >= 0 && kind <= Kind.cut, `kind ${kind}`)
  demand(kind !== Kind.cut || original > bytes.length, 'a frame that is whole counts as cut')
  demand(l3 === -1 || (l3 >= 16 && l3 + (isIpv6(batch.bytes, l3) ? 40 : 20) <= end), `l3 ${l3} of ${end}`)
  demand(l4 === -1 || (l4 > l3 && l4 < end), `l4 ${l4} of ${end}`)
  const payload = batch.payload[0] ?? -1
  demand(payload >= 0 && payload <= 65_535, `payload ${payload}`)
  const least =
    kind === Kind.tcp4 || kind === Kind.tcp6 ? 20 : kind >= Kind.udp4 && kind <= Kind.icmp6 ? 8 : 0
  demand(least === 0 || (l4 > 0 && l4 + least <= end), `a header of kind ${kind} at ${l4} of ${end}`)
  const depth = tunnelDepth(batch.stack[0] ?? 0)
  demand(depth <= 16 && carriersOf(batch, 0).length === depth, `${depth} tunnels`)
}

const found = newDissection()

/** The short way to read a frame and the long one. */
export function demandLikeDissection(batch: PacketBatch, { bytes, link, original }: FrameInput): void {
  dissectFrame(batch.bytes, 16, bytes.length, original, link, found)
  for (const name of COLUMNS)
    demand(
      batch[name][0] === found[name],
      `${name} is ${batch[name][0]} by the short way, ${found[name]} by the long`,
    )
}

/** What is read of the options of a TCP header, and of the packet that an ICMP error quotes, lies within the frame. */
export function demandReadWithin(batch: PacketBatch, { bytes }: FrameInput): void {
  const from = 16
  const end = from + bytes.length
  const l3 = batch.l3[0] ?? -1
  const l4 = batch.l4[0] ?? -1
  const all = batch.bytes
  const header = parseTcp(all, l4 < 0 ? from : l4, end)
  if (header !== undefined) {
    const { sack = [] } = parseTcpOptions(header.options)
    demand(header.options.length <= 40 && sack.length <= 4, `${sack.length} blocks in 40 bytes`)
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

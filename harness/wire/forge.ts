import { tunnelDepth } from '../model/batch.ts'
import { Kind, Tunnels } from '../model/codes.ts'
import { FlowbreakError } from '../support/errors.ts'
import { putU32 } from './bytes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from './checksum.ts'
import { UNKNOWN_LENGTH } from './dissection.ts'
import { isIpv6, writeDatagramLength } from './ip.ts'
import { fitLink } from './links.ts'
import { Protocol } from './numbers.ts'
import { emitTcp, parseTcp, type TcpHeader } from './tcp.ts'
import { emitTcpOptions, findOption, TcpOption } from './tcp-options.ts'
import { carriersIn } from './tunnel/carriers.ts'
import { dissectInner } from './tunnel/enter.ts'
import { refit } from './tunnel/refit.ts'

export { readdress } from './readdress.ts'
export { verifyChecksums } from './verify.ts'

/** A recorded frame as a template for others. */
export interface FrameTemplate {
  readonly bytes: Uint8Array
  /** A `Link` code. */
  readonly link: number
  /** Which tunnels it is read with, a `Tunnels` code; absent: none. */
  readonly tunnels?: number
}

/** The fields of a forged segment. Sequence numbers are taken modulo 2^32, the window modulo 2^16. */
export interface SegmentChange {
  readonly flags: number
  readonly seq: number
  readonly ack: number
  /** As in the header, unscaled. */
  readonly window: number
  /** Bytes of payload, each an `x`. */
  readonly payload: number
  /** Written as an option; replaces the template's own. */
  readonly timestamp?: { readonly value: number; readonly echo: number } | undefined
  /** Keep the template's TCP options; absent: only the timestamp. */
  readonly keepOptions?: boolean
}

const LARGEST_DATAGRAM = 65_535
const LARGEST_OPTIONS = 40

/**
 * A TCP segment that was not recorded: link header, tags, IP header (with extension headers) and ports of a frame of the same flow and
 * direction, everything else as in `change`, with correct lengths and checksums. Throws ERR_TEMPLATE if the template has no whole
 * TCP header outside fragments, ERR_SEGMENT_LENGTH if the segment does not fit in an IP datagram.
 */
export function forgeTcp(template: FrameTemplate, change: SegmentChange): Uint8Array {
  const { bytes, link, tunnels = Tunnels.outer } = template
  const { kind, l3, l4, stack } = dissectInner(bytes, link, tunnels)
  const header = kind === Kind.tcp4 || kind === Kind.tcp6 ? parseTcp(bytes, l4, bytes.length) : undefined
  if (header === undefined)
    throw new FlowbreakError(
      'ERR_TEMPLATE',
      'A TCP segment can only be made from a recorded frame with a whole TCP header: choose another packet of the flow.',
    )
  const options = optionsFor(header, change)
  const end = l4 + 20 + options.length + change.payload
  if (options.length > LARGEST_OPTIONS || end - l3 > LARGEST_DATAGRAM)
    throw new FlowbreakError(
      'ERR_SEGMENT_LENGTH',
      `A TCP segment with ${options.length} bytes of options and ${change.payload} of payload does not fit: ask for fewer.`,
    )
  const frame = new Uint8Array(end)
  frame.set(bytes.subarray(0, l4))
  const { flags, seq, ack, window } = change
  const payloadAt = emitTcp(
    { ...header, reserved: 0, urgent: 0, flags, seq, ack, window, options },
    frame,
    l4,
  )
  frame.fill(0x78, payloadAt)
  fitLink(frame, link)
  writeDatagramLength(frame, l3, end)
  if (!isIpv6(frame, l3)) writeIpv4Checksum(frame, l3)
  writeTransportChecksum(frame, l3, l4, end, Protocol.tcp)
  refit(frame, carriersIn(bytes, 0, bytes.length, UNKNOWN_LENGTH, link, tunnels, tunnelDepth(stack)))
  return frame
}

function optionsFor(template: TcpHeader, change: SegmentChange): Uint8Array {
  const kept = change.keepOptions === true ? template.options.slice() : new Uint8Array(0)
  if (change.timestamp === undefined) return kept
  const at = findOption(kept, 0, kept.length, TcpOption.timestamps)
  if (at < 0) {
    const stamp = emitTcpOptions({ timestamps: change.timestamp })
    return Uint8Array.from([...stamp, ...kept])
  }
  putU32(kept, at + 2, change.timestamp.value)
  putU32(kept, at + 6, change.timestamp.echo)
  return kept
}

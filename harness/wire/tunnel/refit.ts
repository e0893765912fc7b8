import { Kind } from '../../model/codes.ts'
import { putU16, u8, u16 } from '../bytes.ts'
import { checksum, sumWords, updateChecksum, writeIpv4Checksum, writeTransportChecksum } from '../checksum.ts'
import type { Dissection } from '../dissection.ts'
import { addressLength, destinationAt, isIpv6, sourceAt, writeDatagramLength } from '../ip.ts'
import { Protocol } from '../numbers.ts'

const GRE_CHECKSUM = 0x80
const GRE_SEQUENCE = 0x10
const GRE_ACKNOWLEDGEMENT = 0x80

/**
 * Updates the tunnels of a frame after their contents, which end with the frame, changed in length or content:
 * lengths, and the checksums that are in use. `carriers` (see `carriersIn`) are outermost first.
 */
export function refit(frame: Uint8Array, carriers: readonly Dissection[]): void {
  for (const { kind, l3, l4, protocol } of carriers.toReversed()) {
    const end = frame.length
    writeDatagramLength(frame, l3, end)
    if (!isIpv6(frame, l3)) writeIpv4Checksum(frame, l3)
    if (kind === Kind.udp4 || kind === Kind.udp6) {
      putU16(frame, l4 + 4, end - l4)
      if (u16(frame, l4 + 6) !== 0) writeTransportChecksum(frame, l3, l4, end, Protocol.udp)
    } else if (protocol === Protocol.gre) refitGre(frame, l4)
  }
}

function refitGre(frame: Uint8Array, at: number): void {
  const first = u8(frame, at)
  if ((u8(frame, at + 1) & 7) === 1) {
    const acknowledges = (u8(frame, at + 1) & GRE_ACKNOWLEDGEMENT) !== 0
    const header = 8 + ((first & GRE_SEQUENCE) !== 0 ? 4 : 0) + (acknowledges ? 4 : 0)
    putU16(frame, at + 4, frame.length - at - header)
  } else if ((first & GRE_CHECKSUM) !== 0) {
    putU16(frame, at + 4, 0)
    putU16(frame, at + 4, checksum(frame, at))
  }
}

/** Swaps the addresses of every carrier for the opposite direction, in which UDP ports stay (GENEVE's gateway load balancer). */
export function turnRound(frame: Uint8Array, carriers: readonly Dissection[]): void {
  for (const { l3 } of carriers) {
    const source = sourceAt(frame, l3)
    const destination = destinationAt(frame, l3)
    const size = addressLength(frame, l3)
    const sender = frame.slice(source, source + size)
    frame.copyWithin(source, destination, destination + size)
    frame.set(sender, destination)
  }
}

/** Offset of a carrier's checksum over its contents; -1: none in use. */
export function checksumAt(frame: Uint8Array, { kind, l4, protocol }: Dissection): number {
  const isUdp = kind === Kind.udp4 || kind === Kind.udp6
  if (isUdp) return u16(frame, l4 + 6) === 0 ? -1 : l4 + 6
  return protocol === Protocol.gre && (u8(frame, l4) & GRE_CHECKSUM) !== 0 ? l4 + 4 : -1
}

/** Applies `change`, which keeps lengths, to what is inside the carriers, and updates their checksums: a wrong one stays wrong. */
export function withinCarriers(frame: Uint8Array, carriers: readonly Dissection[], change: () => void): void {
  const fields = carriers.toReversed().flatMap((carrier) => {
    const field = checksumAt(frame, carrier)
    const end = Math.min(frame.length, carrier.stop)
    return field < 0 ? [] : [{ field, from: carrier.l4, end, before: sumWords(frame, carrier.l4, end) }]
  })
  change()
  for (const { field, from, end, before } of fields) {
    const updated = updateChecksum(u16(frame, field), before, sumWords(frame, from, end))
    putU16(frame, field, updated === 0 ? 0xffff : updated)
  }
}

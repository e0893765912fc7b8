import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Tunnels } from '../../model/codes.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'

const found = new WeakMap<Recorded, { readonly reason: string | undefined }>()

/** Why the packets of a capture cannot get other addresses; undefined: they can. Found once for each capture. */
export function addressedByCapture(recorded: Recorded): string | undefined {
  let known = found.get(recorded)
  if (known === undefined) {
    known = { reason: search(recorded.batch) }
    found.set(recorded, known)
  }
  return known.reason
}

function search(batch: PacketBatch): string | undefined {
  const { bytes, kind, count } = batch
  for (let i = 0; i < count; i++) {
    const l3 = batch.l3[i] ?? -1
    if (l3 < 0) continue
    // The addresses inside a tunnel are in the payload of one of the fragments.
    if (batch.tunnels !== Tunnels.outer && (kind[i] === Kind.fragment4 || kind[i] === Kind.fragment6))
      return 'fragments of tunnels'
    const size = addressLength(bytes, l3)
    if (isSpecial(bytes, sourceAt(bytes, l3), size) || isSpecial(bytes, destinationAt(bytes, l3), size))
      return 'addresses with a meaning'
  }
  return undefined
}

/**
 * Whether an address is not that of one host in any network: this host, loopback, link-local, multicast, reserved or broadcast
 * (RFC 6890, RFC 4291).
 */
function isSpecial(bytes: Uint8Array, at: number, size: 4 | 16): boolean {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  if (size === 4) return first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254)
  if (first === 0xff || (first === 0xfe && (second & 0xc0) === 0x80)) return true
  for (let k = 0; k < 15; k++) if (bytes[at + k] !== 0) return false
  return (bytes[at + 15] ?? 0) <= 1
}

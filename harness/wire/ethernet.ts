import { putU16, u16 } from './bytes.ts'

/** An Ethernet II header. */
export interface EthernetHeader {
  readonly destination: Uint8Array
  readonly source: Uint8Array
  readonly etherType: number
}

/** Why bytes[at, end) do not start with a readable Ethernet header; undefined when they do. */
export function checkEthernet(_bytes: Uint8Array, at: number, end: number): string | undefined {
  return end - at < 14 ? `Ethernet needs 14 bytes, ${end - at} are there` : undefined
}

/** Reads the header at `at`; undefined where `checkEthernet` has a reason. */
export function parseEthernet(bytes: Uint8Array, at: number, end: number): EthernetHeader | undefined {
  if (checkEthernet(bytes, at, end) !== undefined) return undefined
  return {
    destination: bytes.slice(at, at + 6),
    source: bytes.slice(at + 6, at + 12),
    etherType: u16(bytes, at + 12),
  }
}

/** Writes the header at `at` and answers the offset behind it. */
export function emitEthernet(header: EthernetHeader, bytes: Uint8Array, at: number): number {
  bytes.set(header.destination, at)
  bytes.set(header.source, at + 6)
  putU16(bytes, at + 12, header.etherType)
  return at + 14
}

/** Exchanges source and destination of the Ethernet header at `at`. */
export function swapEthernet(bytes: Uint8Array, at: number): void {
  const destination = bytes.slice(at, at + 6)
  bytes.copyWithin(at, at + 6, at + 12)
  bytes.set(destination, at + 6)
}

/** Swaps source and destination of the Ethernet header at `at`. */
export function swapEthernet(bytes: Uint8Array, at: number): void {
  const destination = bytes.slice(at, at + 6)
  bytes.copyWithin(at, at + 6, at + 12)
  bytes.set(destination, at + 6)
}

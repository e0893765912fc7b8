/** ASCII lower case of each byte. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
)

/** ASCII lower case. */
export function lower(byte: number): number {
  return LOWER[byte] ?? byte
}

/**
 * 16 hexadecimal digits for a text, equal for equal texts: two FNV-1a hashes, mixed at the end. For telling texts apart, not for
 * protecting them: loading the cryptography takes longer than replaying a small capture.
 */
export function digestOf(text: string): string {
  return hex(hashed(text, 0x811c9dc5, 0x01000193)) + hex(hashed(text, 0x9e3779b9, 0x85ebca6b))
}

function hashed(text: string, seed: number, multiplier: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), multiplier)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return hash ^ (hash >>> 15)
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

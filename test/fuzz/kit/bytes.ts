import type { Random } from './random.ts'

/** Values at which fields of lengths, counts and numbers turn over. */
const EDGES = [
  0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 19, 20, 24, 28, 40, 63, 64, 127, 128, 255, 256, 1500, 0x7fff, 0x8000,
  0xfffe, 0xffff, 0x1_0000, 0x3_ffff, 0x4_0000, 0x4_0001, 0x10_0000, 0x10_0004, 0x7fff_ffff, 0x8000_0000,
  0xffff_fffc, 0xffff_ffff,
] as const

/** Where a field of a structure is, and how wide it is. */
export interface Field {
  readonly at: number
  readonly size: 1 | 2 | 4
}

/** What was done to bytes, and the first that is not as it was. */
export interface Damaged {
  readonly bytes: Uint8Array
  readonly from: number
}

/** One to three things done to bytes, half of them to the fields that a structure has. */
export function damage(random: Random, whole: Uint8Array, fields: readonly Field[]): Damaged {
  let bytes = whole
  let from = whole.length
  for (let times = 1 + random.below(3); times > 0; times--) {
    const done = damageOnce(random, bytes, fields)
    bytes = done.bytes
    from = Math.min(from, done.from)
  }
  return { bytes, from }
}

function damageOnce(random: Random, bytes: Uint8Array, fields: readonly Field[]): Damaged {
  const at = random.below(bytes.length)
  switch (random.below(12)) {
    case 0: {
      const copy = bytes.slice()
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
      return { bytes: copy, from: at }
    }
    case 1: {
      const copy = bytes.slice()
      copy[at] = random.word()
      return { bytes: copy, from: at }
    }
    case 2:
      return { bytes: bytes.slice(0, at), from: at }
    case 3:
      return { bytes: join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(24))), from: at }
    case 4:
      return {
        bytes: join(bytes.subarray(0, at), random.bytes(1 + random.below(24)), bytes.subarray(at)),
        from: at,
      }
    case 5: {
      const piece = bytes.subarray(at, at + 1 + random.below(64))
      const into = random.below(bytes.length + 1)
      return { bytes: join(bytes.subarray(0, into), piece, bytes.subarray(into)), from: into }
    }
    default: {
      const field = fields.length === 0 ? undefined : random.pick(fields)
      return writeField(random, bytes, field ?? { at, size: random.pick([1, 2, 4] as const) })
    }
  }
}

/** Gives a field another value: an edge, one near to what it was, or any. */
function writeField(random: Random, bytes: Uint8Array, { at, size }: Field): Damaged {
  if (at + size > bytes.length) return { bytes, from: bytes.length }
  const copy = bytes.slice()
  const little = random.oneIn(2)
  let before = 0
  for (let n = 0; n < size; n++) before = before * 256 + (copy[at + (little ? size - 1 - n : n)] ?? 0)
  const choice = random.below(4)
  let value = choice === 0 ? random.word() : choice === 1 ? before + random.below(9) - 4 : random.pick(EDGES)
  for (let n = 0; n < size; n++) {
    copy[at + (little ? n : size - 1 - n)] = value
    value = Math.floor(value / 256)
  }
  return { bytes: copy, from: at }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Smaller inputs to try in the place of one that breaks something: without a part, then with bytes at zero. */
export function* smallerBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let size = bytes.length; size >= 1; size >>= 1)
    for (let at = 0; at < bytes.length; at += size)
      yield join(bytes.subarray(0, at), bytes.subarray(at + size))
  for (let at = 0; at < bytes.length; at++)
    if (bytes[at] !== 0) {
      const copy = bytes.slice()
      copy[at] = 0
      yield copy
    }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

import { Buffer } from '../app/app-view.ts'
import type { Content } from './content.ts'
import { lower } from './lower.ts'
import type { BufferMatch } from './rule.ts'

/*
 * What Suricata's pattern search looks for, one content of each rule, before it evaluates the rule (Suricata 7, detect-engine-mpm.c,
 * RetrieveFPForSig). A rule of which this content is negated is evaluated whether it is found or not.
 */

/** Among buffers of equal rank, and contents of equal strength, the first counts. */
const RANKS: ReadonlyMap<number, number> = new Map([
  [Buffer.httpUri, 0],
  [Buffer.httpHost, 1],
])
const LAST_RANK = 2

/** One with `fast_pattern`, else the longest positive one, or negated one if all are, and of these the strongest. */
export function searchedOf(contents: readonly Content[]): Content | undefined {
  const fast = contents.find((content) => content.fast)
  if (fast !== undefined) return fast
  const positive = contents.filter(({ negated }) => !negated)
  const among = positive.length > 0 ? positive : contents
  const longest = Math.max(...among.map(({ bytes }) => bytes.length))
  const candidates = among.filter(({ bytes }) => bytes.length === longest)
  return candidates.toSorted((a, b) => strengthOf(b) - strengthOf(a))[0]
}

/** The buffer with the content that is searched: the URI or the host before the method. */
export function searchedBuffer(buffers: readonly BufferMatch[]): BufferMatch | undefined {
  const fast = buffers.find(({ contents }) => contents.some((content) => content.fast))
  if (fast !== undefined) return fast
  const positive = buffers.filter(({ contents }) => contents.some(({ negated }) => !negated))
  const ranked = (positive.length > 0 ? positive : buffers).toSorted((a, b) => rankOf(a) - rankOf(b))
  const first = ranked[0]
  if (first === undefined || rankOf(first) === LAST_RANK) return first
  const rivals = ranked.filter((each) => rankOf(each) < LAST_RANK)
  const searched = searchedOf(rivals.flatMap(({ contents }) => contents))
  return rivals.find(({ contents }) => contents.some((content) => content === searched))
}

function rankOf({ buffer }: BufferMatch): number {
  return RANKS.get(buffer) ?? LAST_RANK
}

/** How much a pattern tells: unusual bytes more, repeated ones less (PatternStrength). Where case is ignored it is one of small letters. */
function strengthOf({ bytes, nocase }: Content): number {
  const pattern = nocase ? bytes.map(lower) : bytes
  return pattern.reduce((sum, byte, at) => sum + (pattern.indexOf(byte) < at ? 1 : weightOf(byte)), 0)
}

function weightOf(byte: number): number {
  const letter = byte | 0x20
  if (letter >= 0x61 && letter <= 0x7a) return 3
  return (byte >= 0x20 && byte < 0x7f) || byte === 0 || byte === 1 || byte === 0xff ? 4 : 6
}

import { createHash } from 'node:crypto'
import { FlowbreakError } from '../support/errors.ts'

/** One of `count` parts of a run; `index` from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** Reads `2/5`. Throws ERR_SHARD. */
export function parseShard(text: string): Shard {
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text)
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) }
  if (match !== null && shard.index <= shard.count) return shard
  throw new FlowbreakError('ERR_SHARD', `"${text}" is not a shard: write i/n with i from 1 to n, as in 2/5.`)
}

/** Whether a case of that name is in the shard. This depends on its name alone, so other cases can be added and removed. */
export function isInShard(name: string, { index, count }: Shard): boolean {
  return createHash('sha1').update(name).digest().readUInt32BE(0) % count === index - 1
}

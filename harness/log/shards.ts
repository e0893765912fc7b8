/** For every n that occurs, the parts `i/n` that are not given; `undefined` is a run that is not a part. */
export function missingShards(shards: readonly (string | undefined)[]): readonly string[] {
  const there = new Set(shards)
  const counts = new Set(shards.flatMap((shard) => (shard === undefined ? [] : [countOf(shard)])))
  return [...counts].flatMap((of) =>
    Array.from({ length: of }, (_, at) => `${at + 1}/${of}`).filter((shard) => !there.has(shard)),
  )
}

/** Parts that are given more than once, each listed once. */
export function repeatedShards(shards: readonly (string | undefined)[]): readonly string[] {
  const named = shards.filter((shard) => shard !== undefined)
  return [...new Set(named.filter((shard, at) => named.indexOf(shard) < at))]
}

function countOf(shard: string): number {
  const of = Number(shard.split('/')[1])
  return Number.isSafeInteger(of) && of > 0 && of <= 10_000 ? of : 0
}

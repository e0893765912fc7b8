import type { Sighted } from '../model/run-log.ts'

/** `, late by 0.350 s` for a packet that came out later than any control did; empty for others. */
export function lateWords(sightings: readonly Sighted[] | undefined, index: number): string {
  for (const { kind, indices, after = [] } of sightings ?? []) {
    const at = kind === 'late' ? indices.indexOf(index) : -1
    if (at >= 0) return `, late by ${((after[at] ?? 0) / 1e6).toFixed(3)} s`
  }
  return ''
}

import type { OracleCase } from '../oracle-cases.test.ts'
import { type Comparison, compare, type PlayOptions } from './oracle-compare.test.ts'
import type { Kernel, KernelSetup } from './oracle-kernel.test.ts'

const ROUNDS = 12

/**
 * The smallest part of a case that can be found by leaving packets out, about which kernel and engine still differ; each round
 * is one batch of all ways of leaving out a part.
 */
export async function shrink(
  kernel: Kernel,
  setup: KernelSetup,
  failing: OracleCase,
  options: PlayOptions = {},
): Promise<OracleCase> {
  let smallest = failing
  let parts = 2
  for (let round = 0; round < ROUNDS && smallest.frames.length > 1; round++) {
    const candidates = withoutParts(smallest, Math.min(parts, smallest.frames.length))
    const found = firstFailing(candidates, await compare(kernel, setup, candidates, options))
    if (found !== undefined) smallest = found
    else if (parts >= smallest.frames.length) break
    else parts *= 2
  }
  return smallest
}

function withoutParts({ name, frames }: OracleCase, parts: number): OracleCase[] {
  const size = Math.ceil(frames.length / parts)
  return Array.from({ length: parts }, (_, part) => ({
    name,
    frames: frames.filter((_frame, index) => Math.floor(index / size) !== part),
  }))
}

function firstFailing(cases: readonly OracleCase[], { differences }: Comparison): OracleCase | undefined {
  return cases.find((_, owner) => differences.some((difference) => difference.owner === owner))
}

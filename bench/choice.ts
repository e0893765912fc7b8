import { didYouMean } from '../harness/support/did-you-mean.ts'

/** The benchmarks of these names, all without names; the first name that none has throws, since its figure would silently be missing. */
export function chosen(names: readonly string[], known: readonly string[]): readonly string[] {
  const strange = names.find((name) => !known.includes(name))
  if (strange !== undefined)
    throw new Error(
      `There is no benchmark ${strange}: choose from ${known.join(', ')}.${didYouMean(strange, known)}`,
    )
  return names.length === 0 ? known : known.filter((name) => names.includes(name))
}

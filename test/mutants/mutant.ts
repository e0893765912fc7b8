/**
 * One small change to what the suites judge. `from` stands exactly once in the built file (so that a mutant cannot rot
 * unnoticed) and becomes `to`.
 */
export interface Mutant {
  readonly name: string
  /** Below dist/. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** Part of the names of the cases that it is played through; absent: all that its file can matter to. */
  readonly within?: string
}

/** Mutants of one file. */
export function mutants(
  file: string,
  entries: readonly (readonly [name: string, from: string, to: string])[],
): Mutant[] {
  return entries.map(([name, from, to]) => ({ name, file, from, to }))
}

/** Mutants that are played only through the cases of a suite, or of a part of one: what they change shows there. */
export function within(names: string, list: readonly Mutant[]): Mutant[] {
  return list.map((mutant) => ({ ...mutant, within: names }))
}

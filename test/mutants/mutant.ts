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
}

/** Mutants of one file. */
export function mutants(
  file: string,
  entries: readonly (readonly [name: string, from: string, to: string])[],
): Mutant[] {
  return entries.map(([name, from, to]) => ({ name, file, from, to }))
}

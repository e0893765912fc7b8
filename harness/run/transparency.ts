import type { Case } from '../model/case.ts'
import type { Transparency } from '../model/fields.ts'

/** The cases with transparency `strict` where the run or the target asks for it; what a case itself says takes precedence. */
export function heldStrictly(
  cases: readonly Case[],
  asked: { readonly by: string; readonly transparency: Transparency | undefined },
): readonly Case[] {
  if (asked.transparency !== 'strict') return cases
  const provenance = { mark: 'SEED', where: `transparency: strict, which ${asked.by} asks for` } as const
  return cases.map((test) =>
    test.transparency === undefined
      ? {
          ...test,
          transparency: 'strict',
          expectations: [
            ...test.expectations,
            { kind: 'unaltered', fields: ['all'], level: 'core', provenance },
          ],
        }
      : test,
  )
}

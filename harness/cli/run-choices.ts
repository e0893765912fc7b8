import type { Case } from '../model/case.ts'
import { TRANSPARENCIES } from '../model/fields.ts'
import type { Target } from '../model/target.ts'
import { EVIDENCE_CHOICES, type EvidenceChoice } from '../run/evidence/evidence.ts'
import { FOLD_CHOICES, type FoldChoice } from '../run/target-plan.ts'
import { heldStrictly } from '../run/transparency.ts'
import { asWord, notAWord } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'

export function foldChoiceOf(text: string): FoldChoice {
  return choiceOf('--fold', text, FOLD_CHOICES)
}

/** The cases whose evidence is kept; by default those that need a look, if the run has an output of its own. */
export function evidenceChoiceOf(text: string | undefined, output: string | undefined): EvidenceChoice {
  return choiceOf('--evidence', text ?? (output === undefined ? 'none' : 'failed'), EVIDENCE_CHOICES)
}

/** A target's cases with the transparency of the run, or else of the target. */
export function heldBy(
  text: string | undefined,
): (cases: readonly Case[], target: Target) => readonly Case[] {
  const asked = text === undefined ? undefined : choiceOf('--transparency', text, TRANSPARENCIES)
  return (cases, { name, transparency }) =>
    asked === undefined
      ? heldStrictly(cases, { by: `target ${name}`, transparency })
      : heldStrictly(cases, { by: 'the run', transparency: asked })
}

function choiceOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = asWord(choices, text)
  if (choice !== undefined) return choice
  throw new FlowbreakError('ERR_USAGE', `${option}: ${notAWord(text, 'a choice', choices)}`)
}

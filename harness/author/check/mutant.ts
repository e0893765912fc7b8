import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { Target } from '../../model/target.ts'
import { profileOf } from '../../profile/index.ts'
import { digestOf } from '../../support/digest.ts'

/**
 * One wrong decision of the reference: in what it is set to, or in what it does. A case that holds a firewall to something is red
 * under at least one of them.
 */
export type Mutant = {
  /** `policy/continue`, `knob/windowCheck=strict`, `decision/fails-open`. */
  readonly name: string
} & (
  | {
      /** The setup as it wrongly is; undefined: this cannot go wrong in it. */
      readonly setup: (setup: Setup) => Setup | undefined
    }
  | {
      /** The target as it wrongly decides. */
      readonly target: (target: Target) => Target
      /** The cases that it is to be noticed by. */
      readonly of: (test: Case) => boolean
    }
)

/** A setup with some of it changed, under a key of its own. */
export function changed(setup: Setup, change: Partial<Omit<Setup, 'key'>>): Setup {
  const { key: _, ...content } = { ...setup, ...change }
  return { key: digestOf(JSON.stringify(content)), ...content }
}

/** A setup whose profile has another value of a knob. */
export function withKnob(setup: Setup, name: string, value: string | number | boolean): Setup {
  const profile = profileOf(setup)
  const own = setup.ownProfile ?? { name: `${setup.profile}-mutant`, extends: setup.profile, knobs: {} }
  const knob = { value, mark: 'INF', source: 'a mutant' } as const
  return changed(setup, {
    profile: own.name,
    ownProfile: { ...own, product: profile.product, knobs: { ...own.knobs, [name]: knob } },
  })
}

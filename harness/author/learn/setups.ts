import type { ExceptionPolicy, OwnProfile, Setup } from '../../model/setup.ts'
import { makeSetup } from '../../suite/setup.ts'
import { type SetupName, setupInputFor } from './probe.ts'

/** The setup of that name over a profile, `base` in the place of drop. Throws where the profile cannot have it. */
export function setupOver(profile: string | OwnProfile, name: SetupName, base: ExceptionPolicy): Setup {
  const setup = makeSetup({ hosts: 1, profile, ...setupInputFor(name, base) })
  const { sharing } = setup.topology
  if (sharing.kind !== 'sync') return setup
  // Whether numbers that nobody told of are believed is what is to be found out: it is left to the knob.
  const { liberal: _, ...left } = sharing
  return { ...setup, topology: { ...setup.topology, sharing: left } }
}

import { FlowbreakError } from '../support/errors.ts'
import { awsNfw } from './aws-nfw.ts'
import type { Profile } from './knobs.ts'
import { linuxConntrack } from './linux-conntrack.ts'
import { suricata7 } from './suricata-7.ts'

export type { Knobs, Profile } from './knobs.ts'

const PROFILES: ReadonlyMap<string, Profile> = new Map(
  [awsNfw, linuxConntrack, suricata7].map((p) => [p.name, p]),
)

/** The names of all profiles, in the order in which they are listed. */
export function profileNames(): readonly string[] {
  return [...PROFILES.keys()]
}

/** The profile of that name; ERR_PROFILE_UNKNOWN names those that there are. */
export function getProfile(name: string): Profile {
  const profile = PROFILES.get(name)
  if (profile === undefined) {
    throw new FlowbreakError(
      'ERR_PROFILE_UNKNOWN',
      `There is no profile ${JSON.stringify(name)}: choose one of ${profileNames().join(', ')}.`,
    )
  }
  return profile
}

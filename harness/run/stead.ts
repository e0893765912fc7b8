import type { OwnProfile } from '../model/setup.ts'
import type { Target } from '../model/target.ts'
import { getProfile, makeProfile, profileNames } from '../profile/index.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { targetWith } from '../target/target-with.ts'

/**
 * What a target uses instead of profiles that it cannot be set to, in suites about any firewall: the first of its own profiles,
 * if that system can have the policy. `own`: that first one, if it is a user's own profile.
 */
export function steadOf({ capabilities: { profiles } }: Target, own?: OwnProfile): ProfileInStead {
  if (profiles === 'any') return () => undefined
  const [first] = profiles
  if (first === undefined || (own === undefined && !profileNames().includes(first))) return () => undefined
  const { policies } = (own === undefined ? getProfile(first) : makeProfile(own)).knobs
  const settable: readonly string[] = policies.value
  return (profile = 'aws-nfw', policy = 'drop') =>
    profiles.includes(profile) || !settable.includes(policy) ? undefined : (own ?? first)
}

/** The target, limited to one profile. ERR_USAGE if it cannot be set to that profile. */
export function heldTo(target: Target, profile: string): Target {
  const { name, capabilities } = target
  if (capabilities.profiles !== 'any' && !capabilities.profiles.includes(profile))
    throw new FlowbreakError(
      'ERR_USAGE',
      `--profile: target ${name} cannot be set to ${profile}: choose ${capabilities.profiles.join(' or ')}.`,
    )
  return targetWith(target, { capabilities: { ...capabilities, profiles: [profile] } })
}

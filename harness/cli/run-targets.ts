import type { OwnProfile } from '../model/setup.ts'
import type { Target } from '../model/target.ts'
import { profileNames } from '../profile/index.ts'
import { heldTo } from '../run/stead.ts'
import { asWord, notAWord } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { profileNamed } from './profile-named.ts'

/** Targets by their names, and the user's own profile that they are limited to, if any. */
export async function heldTargets(
  names: readonly string[],
  profiled: string | undefined,
  named: (name: string) => Promise<Target>,
): Promise<{ readonly targets: readonly Target[]; readonly own?: OwnProfile }> {
  const targets = await Promise.all(names.map(named))
  const profile = await profileNamed(profiled)
  if (profile === undefined) return { targets }
  const own = typeof profile === 'string' ? undefined : profile
  const name = own?.name ?? asWord(profileNames(), profile)
  if (name === undefined)
    throw new FlowbreakError('ERR_USAGE', `--profile: ${notAWord(profile, 'a profile', profileNames())}`)
  const held = targets.map((target) => heldTo(target, name))
  return own === undefined ? { targets: held } : { targets: held, own }
}

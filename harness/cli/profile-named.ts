import type { OwnProfile } from '../model/setup.ts'

/** A profile's name as it is, or, if it names a file, the profile in that file; its reader is loaded only then. */
export async function profileNamed<T extends string | undefined>(name: T): Promise<T | OwnProfile> {
  if (name === undefined || !/[/\\]|\.(ya?ml|json)$/.test(name)) return name
  const { readOwnProfile } = await import('../suite/own-profile.ts')
  return readOwnProfile(name)
}

import type { OwnProfile, Setup } from '../model/setup.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'
import { awsNfw } from './aws-nfw.ts'
import { checkpoint } from './checkpoint.ts'
import { ciscoAsa } from './cisco.ts'
import { ciscoCluster } from './cisco-cluster.ts'
import { fortinet } from './fortinet.ts'
import { juniperSrx } from './juniper-srx.ts'
import type { Knobs, Profile } from './knobs.ts'
import { linuxConntrack } from './linux-conntrack.ts'
import { panos } from './panos.ts'
import { pf } from './pf.ts'
import { suricata6 } from './suricata-6.ts'
import { suricata7 } from './suricata-7.ts'

export type { Knobs, Profile } from './knobs.ts'

const ALL = [
  awsNfw,
  suricata7,
  suricata6,
  linuxConntrack,
  pf,
  panos,
  ciscoAsa,
  ciscoCluster,
  fortinet,
  checkpoint,
  juniperSrx,
]
const PROFILES: ReadonlyMap<string, Profile> = new Map(ALL.map((p) => [p.name, p]))

/** The names of all profiles, in the order in which they are listed. */
export function profileNames(): readonly string[] {
  return [...PROFILES.keys()]
}

/** The profile with that name. Throws ERR_PROFILE_UNKNOWN, which lists the profiles. */
export function getProfile(name: string): Profile {
  const profile = PROFILES.get(name)
  if (profile === undefined) {
    throw new FlowbreakError(
      'ERR_PROFILE_UNKNOWN',
      `There is no profile ${JSON.stringify(name)}: choose one of ${profileNames().join(', ')}.${didYouMean(name, profileNames())}`,
    )
  }
  return profile
}

/** What `profileOf` made, kept because much that handles a setup asks for its profile. */
const MADE = new WeakMap<OwnProfile, Profile>()

/** The profile that a setup names or contains. */
export function profileOf({ profile, ownProfile }: Pick<Setup, 'profile' | 'ownProfile'>): Profile {
  if (ownProfile === undefined) return getProfile(profile)
  const made = MADE.get(ownProfile) ?? makeProfile(ownProfile)
  MADE.set(ownProfile, made)
  return made
}

/** A user's own profile on top of the one that it extends; its knobs were checked against the table of knobs before. */
export function makeProfile(own: OwnProfile): Profile {
  const base = getProfile(own.extends)
  return {
    ...base,
    name: own.name,
    product: own.product ?? base.product,
    title: own.title ?? `${own.name} (${base.title})`,
    knobs: { ...base.knobs, ...(own.knobs as Partial<Knobs>) },
  }
}

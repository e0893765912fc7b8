import type { Setup } from '../model/setup.ts'
import { getProfile, makeProfile, profileNames } from '../profile/index.ts'
import { digestOf } from '../support/digest.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { Report } from './problems.ts'
import type { SetupInput } from './setup/input.ts'
import { readPolicy } from './setup/policy.ts'
import { readTopology } from './setup/topology.ts'
import { word } from './setup/values.ts'
import { readStateless } from './stateless.ts'
import { TUNNELS } from './words.ts'

/**
 * The setup that `input` describes over the defaults: two hosts, exception policy `drop`, no rules, no sharing, profile aws-nfw.
 * Throws ERR_SETUP with the first thing that is wrong.
 */
export function makeSetup(input: SetupInput = {}): Setup {
  return readSetup(input, (path, message) => {
    throw new FlowbreakError('ERR_SETUP', `${path.join('.')}: ${message}`)
  })
}

/**
 * As `makeSetup`, but tells `report` of every problem, by key, and takes the default in its place. `folder`: where relative paths
 * begin.
 */
export function readSetup(input: SetupInput, report: Report, folder = '.'): Setup {
  const own = typeof input.profile === 'object' ? input.profile : undefined
  const named = typeof input.profile === 'object' ? undefined : input.profile
  const profile =
    own === undefined
      ? getProfile(word(named, profileNames(), 'aws-nfw', 'a profile', ['profile'], report))
      : makeProfile(own)
  const content = {
    topology: readTopology(input, profile, folder, report),
    policy: readPolicy(input, profile, report),
    profile: profile.name,
    ...(own === undefined ? {} : { ownProfile: own }),
    tunnels: word(
      input.tunnels,
      TUNNELS,
      profile.knobs.tunnels.value,
      'a side of tunnels',
      ['tunnels'],
      report,
    ),
    rules: input.rules ?? [],
    ...(input.stateless === undefined
      ? {}
      : { stateless: readStateless(input.stateless, ['stateless'], report) }),
  }
  // The content is built in one order of keys, so its JSON is canonical.
  const key = digestOf(JSON.stringify(content))
  return { key, ...content }
}

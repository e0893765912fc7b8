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
 * The setup that `input` describes. Defaults: two hosts, exception policy `drop`, no rules, no sharing, profile aws-nfw.
 * Throws ERR_SETUP with the first problem.
 */
export function makeSetup(input: SetupInput = {}): Setup {
  return readSetup(input, (path, message) => {
    throw new FlowbreakError('ERR_SETUP', `${path.join('.')}: ${message}`)
  })
}

/**
 * Like `makeSetup`, but reports every problem, by key, and uses the default instead. `folder`: where relative paths
 * start.
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
  // The content is always built in the same order of keys, so its JSON is canonical.
  const key = digestOf(JSON.stringify(content))
  return { key, ...content }
}

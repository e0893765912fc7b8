import type { OwnProfile } from '../../model/setup.ts'
import type { Target } from '../../model/target.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { type Learned, learn } from './learn.ts'
import { Subject } from './subject.ts'

/** Few, since many take their time. */
export const MOST_FLOWS = 8192

/** What is learned of a target that is brought to a profile; the reference if no other is given. */
export function learnFrom(
  profile: string | OwnProfile,
  target: Target = new ReferenceTarget('test'),
  seed = 1,
): Promise<Learned> {
  const { signal } = new AbortController()
  return learn(new Subject(target, profile, signal), {
    seed,
    repeat: 2,
    longest: 2_592_000,
    mostFlows: MOST_FLOWS,
    signal,
  })
}

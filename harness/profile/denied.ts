import type { Setup } from '../model/setup.ts'
import { profileOf } from './index.ts'

/**
 * The packets that a setup denies whatever else it lets through: a reset of a connection that nobody opened; or, if a system under
 * `continue` forwards even those (Linux leaves packets that conntrack finds invalid to the rules), datagrams, by a rule on their port.
 */
export function deniedControlOf(setup: Setup): 'denied' | 'denied-port' {
  const continues = setup.policy.exception === 'continue' || setup.policy.mode === 'monitor'
  return continues && profileOf(setup).knobs.tracker.value === 'conntrack' ? 'denied-port' : 'denied'
}

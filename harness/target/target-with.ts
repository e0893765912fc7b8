import type { Target } from '../model/target.ts'

/** What a target says about itself. */
type Said = Pick<Target, 'name' | 'capabilities' | 'limits' | 'addresses' | 'appliances'>

/** The same target, with some of what it says about itself changed. */
export function targetWith(target: Target, changes: Partial<Said>): Target {
  const { limits = target.limits, addresses = target.addresses, appliances = target.appliances } = changes
  return {
    name: changes.name ?? target.name,
    // Some know their version only once they have been prepared.
    get version() {
      return target.version
    },
    capabilities: changes.capabilities ?? target.capabilities,
    ...(limits === undefined ? {} : { limits }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(appliances === undefined ? {} : { appliances }),
    ...(target.transparency === undefined ? {} : { transparency: target.transparency }),
    ...(target.unreliable === undefined ? {} : { unreliable: target.unreliable }),
    ...(target.shared === undefined ? {} : { shared: target.shared }),
    inexact: (setup) => target.inexact?.(setup) ?? [],
    lacks: (test) => target.lacks?.(test),
    prepare: (setup, signal) => target.prepare(setup, signal),
  }
}

import type { Setup } from '../../model/setup.ts'
import type { Target } from '../../model/target.ts'
import { CONTROL_CLIENT, CONTROL_SERVER } from '../../observe/control-frames.ts'
import { openingOf } from '../../observe/opening.ts'
import { namesClientPorts } from '../../plan/folding.ts'
import { longestTimeout } from '../../plan/longest-timeout.ts'
import { BENCHMARKING } from '../../target/bounds.ts'
import type { TimelineFlows } from '../../timeline/flows.ts'
import { seededRandom } from '../../timeline/random.ts'
import type { DrawStrangers } from '../calibrate.ts'
import { AddressPool } from './address-pool.ts'
import { CaseAddresses, type Disguise } from './case-addresses.ts'

/** Client ports are drawn from here up: above the ports of servers and those that Linux uses first. */
const FIRST_PORT = 32_768
const PORTS = 65_536 - FIRST_PORT

/** Gives each case of one replay its addresses. */
export type Dress = (flows: TimelineFlows, tunnels: number) => CaseAddresses

/** For a case that keeps the addresses of its capture. */
export const KEPT_ADDRESSES: Pick<CaseAddresses, 'rewrite' | 'restoreEmitted'> = {
  rewrite: () => {},
  restoreEmitted: () => {},
}

/**
 * The addresses that the cases of a run have on a target. On a virtual clock they only tell the cases of a fold apart, and are the
 * same in every fold. On a real clock addresses, ports and sequence numbers are drawn from the run's seed, so that a device does not
 * take a case for an earlier one of which it still has a session, even from an earlier run.
 */
export class RunAddresses {
  readonly #target: Target
  readonly #random: () => number
  readonly #pool: AddressPool | undefined

  /** `now`: seconds of a clock that never goes back. */
  constructor(target: Target, seed: number, now = () => performance.now() / 1000) {
    this.#target = target
    this.#random = seededRandom(seed)
    if (target.capabilities.clock === 'real') this.#pool = this.#newPool(this.#random, now)
  }

  /** The addresses for the cases of one replay under that setup. */
  dress(setup: Setup): Dress {
    const pool = this.#pool ?? this.#newPool(() => 0, undefined, setup)
    if (this.#pool === undefined) return (flows, tunnels) => new CaseAddresses(pool, flows, tunnels)
    this.#remember(pool, setup)
    const keepsPorts = namesClientPorts(setup)
    return (flows, tunnels) => {
      const { port, offset } = drawn(this.#random)
      return new CaseAddresses(pool, flows, tunnels, keepsPorts ? { offset } : { port, offset })
    }
  }

  /** Ends that no case of this run has, on a real clock; undefined on a virtual one, where controls always have the same ends. */
  strangers(setup: Setup): DrawStrangers | undefined {
    const pool = this.#pool
    if (pool === undefined) return undefined
    this.#remember(pool, setup)
    const size = this.#target.capabilities.families.includes('ipv4') ? 4 : 16
    const client = pool.take('client', size)
    const server = pool.take('server', size)
    return (serverPort) => ({
      client: { address: client, port: FIRST_PORT + (this.#random() % PORTS) },
      server: { address: server, port: serverPort },
      initial: [this.#random(), this.#random()],
    })
  }

  #remember(pool: AddressPool, setup: Setup): void {
    pool.remember(longestTimeout(setup) / this.#target.capabilities.clockScale)
  }

  #newPool(draw: () => number, now?: () => number, setup?: Setup): AddressPool {
    const opening = setup === undefined ? [] : [openingOf(setup).client, openingOf(setup).server]
    return new AddressPool({
      ranges: this.#target.addresses ?? BENCHMARKING,
      draw,
      taken: [
        ...Object.values(CONTROL_CLIENT),
        ...Object.values(CONTROL_SERVER),
        ...opening.map((address) => address.join('.')),
      ],
      ...(now === undefined ? {} : { now }),
    })
  }
}

/**
 * Ports and offsets of one case. A client's port is kept if another one could make the ends of a midstream flow look exchanged:
 * a client's port is never below its server's.
 */
function drawn(random: () => number): Required<Disguise> {
  const ports = new Map<string, number>()
  const used = new Set<number>()
  return {
    port(address, port, serverPort) {
      if (serverPort >= FIRST_PORT || port <= serverPort) return port
      const key = `${address} ${port}`
      let fresh = ports.get(key)
      if (fresh !== undefined) return fresh
      do fresh = FIRST_PORT + (random() % PORTS)
      while (used.has(fresh) && used.size < PORTS)
      used.add(fresh)
      ports.set(key, fresh)
      return fresh
    },
    offset: random,
  }
}

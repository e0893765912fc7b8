import { randomUUID } from 'node:crypto'
import { leaseKey } from './keys.ts'
import type { Link } from './link.ts'

/**
 * The right to drive some appliances, of which one worker at most has each at a time, however they are called where it runs. It ends by itself
 * when its holder shows no sign of life; a holder counts from when it asked, so that it has stopped before another begins.
 */
export class Lease {
  readonly keys: readonly string[]
  readonly token = randomUUID()
  readonly #link: Link
  /** When that was asked which is known to have prolonged it last. */
  heard = Number.NEGATIVE_INFINITY

  constructor(link: Link, appliances: readonly string[]) {
    this.#link = link
    this.keys = [...new Set(appliances)].map((appliance) => leaseKey(link.address, appliance)).sort()
  }

  /** Takes all of them, or none: another has one. */
  async take(): Promise<boolean> {
    const asked = performance.now()
    const args = [this.token, this.#link.address.lost * 1000]
    const isHeld = (await this.#link.run<number>('lease', this.keys, args)) === 1
    if (isHeld) this.heard = asked
    return isHeld
  }

  async release(): Promise<void> {
    await this.#link.run('release', this.keys, [this.token])
  }
}

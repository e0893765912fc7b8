import type { LoadBalancer } from '../../model/setup.ts'

/** The parts of a setup that its sharing depends on. */
export interface Around {
  /** The number of hosts. */
  readonly hosts: number
  readonly loadBalancer: LoadBalancer
  /** Where relative paths start. */
  readonly folder: string
}

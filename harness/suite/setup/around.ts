import type { LoadBalancer } from '../../model/setup.ts'

/** What a sharing may ask of the setup that it belongs to. */
export interface Around {
  /** How many there are. */
  readonly hosts: number
  readonly loadBalancer: LoadBalancer
  /** Where relative paths begin. */
  readonly folder: string
}

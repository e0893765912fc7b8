import type { LoadBalancer } from '../../model/setup.ts'

/** What a sharing may ask of the setup that it belongs to. */
export interface Around {
  readonly loadBalancer: LoadBalancer
  /** Where relative paths begin. */
  readonly folder: string
}

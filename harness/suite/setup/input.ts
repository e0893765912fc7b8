import type { OwnProfile } from '../../model/setup.ts'
import type { StatelessInput } from '../stateless.ts'
import type { SharingInput } from './sharing.ts'

/** A load balancer as written; absent keys have their defaults. Times are durations, `350s`. */
export interface LoadBalancerInput {
  readonly placement?: string | undefined
  readonly 'tcp-idle'?: string | number | undefined
  readonly 'other-idle'?: string | number | undefined
  readonly 'non-syn-miss'?: string | undefined
  readonly failover?: string | undefined
  /** What failover does after either event; both must be equal, so one of the two words is enough. */
  readonly 'on-deregistration'?: string | undefined
  readonly 'on-unhealthy'?: string | undefined
  readonly 'reset-on'?: readonly string[] | undefined
  readonly stickiness?: string | undefined
  readonly capacity?: number | string | undefined
  readonly health?: HealthInput | undefined
  readonly 'deregistration-delay'?: string | number | undefined
  /** By host. */
  readonly zones?: readonly string[] | undefined
  /** The client's zone. */
  readonly zone?: string | undefined
  readonly 'cross-zone'?: boolean | string | undefined
  readonly 'all-unhealthy'?: string | undefined
  /** Bytes. */
  readonly mtu?: number | string | undefined
  readonly 'host-mtu'?: number | string | undefined
  readonly 'host-tcp-established'?: string | number | undefined
}

export interface HealthInput {
  readonly interval?: string | number | undefined
  readonly 'unhealthy-threshold'?: number | string | undefined
  readonly 'healthy-threshold'?: number | string | undefined
}

/** A setup as written, in a suite or by options; absent keys have their defaults. */
export interface SetupInput {
  /** A name, or a user's own profile that has been read. */
  readonly profile?: string | OwnProfile | undefined
  /** The number of hosts, or their names. */
  readonly hosts?: number | string | readonly string[] | undefined
  readonly policy?: string | undefined
  readonly generation?: string | undefined
  readonly mode?: string | undefined
  readonly 'rule-order'?: string | undefined
  readonly 'default-actions'?: readonly string[] | undefined
  readonly rules?: readonly string[] | undefined
  readonly 'tcp-idle'?: string | number | undefined
  readonly 'reset-on-expiry'?: string | undefined
  readonly sharing?: SharingInput | undefined
  /** `inner` or `outer`; absent: as in the profile's system. */
  readonly tunnels?: string | undefined
  readonly stateless?: StatelessInput | undefined
  readonly 'load-balancer'?: LoadBalancerInput | undefined
}

/** Keys of a setup whose value is one word or number, so that an axis of that name can set them. */
export const SETUP_AXES = [
  'profile',
  'hosts',
  'policy',
  'generation',
  'mode',
  'rule-order',
  'tcp-idle',
  'reset-on-expiry',
  'sharing',
  'tunnels',
] as const
/** The same for the load balancer's keys; `tcp-idle` belongs to the policy. */
export const LOAD_BALANCER_AXES = [
  'placement',
  'other-idle',
  'non-syn-miss',
  'failover',
  'stickiness',
  'deregistration-delay',
  'cross-zone',
  'all-unhealthy',
] as const

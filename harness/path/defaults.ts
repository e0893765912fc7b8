import type { HealthChecks, LoadBalancer } from '../model/setup.ts'
import { gatewayLoadBalancer as knobs } from '../profile/gateway-load-balancer.ts'

/** What waiting takes in a load balancer that does not say: what AWS's takes. Seconds. */
export function defaultsOf({ health, deregistrationDelay }: LoadBalancer): {
  readonly health: HealthChecks
  readonly deregistrationDelay: number
} {
  return {
    health: health ?? {
      interval: knobs.lbHealthInterval.value,
      unhealthyThreshold: knobs.lbUnhealthyThreshold.value,
      healthyThreshold: knobs.lbHealthyThreshold.value,
    },
    deregistrationDelay: deregistrationDelay ?? knobs.lbDeregistrationDelay.value,
  }
}

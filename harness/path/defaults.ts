import type { HealthChecks, LoadBalancer } from '../model/setup.ts'
import { gatewayLoadBalancer as knobs } from '../profile/gateway-load-balancer.ts'

/** Health checks and deregistration delay of a load balancer that does not set them: the defaults of AWS. Seconds. */
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

/** The load balancer's own metrics under AWS's names (CloudWatch namespace AWS/GatewayELB), since it was made or reset. */
export interface LoadBalancerCounters extends Readonly<Record<string, number>> {
  /** Entries made. */
  readonly NewFlowCount: number
  /** Entries, of other flows too, that were not idle for too long when the last packet or event came. */
  readonly ActiveFlowCount: number
  /** Flows refused because the table was full; `RejectedFlowCount_TCP`: TCP flows among them, absent while there are none. */
  readonly RejectedFlowCount: number
  readonly TCP_ELB_Reset_Count: number
  /** Packets that reached the load balancer: all except controls and those that bypass it. */
  readonly ProcessedPackets: number
  /** Registered hosts by their health as the load balancer sees it. */
  readonly HealthyHostCount: number
  readonly UnHealthyHostCount: number
}

/** What the load balancer has done so far. */
export class Counts {
  opened = 0
  resets = 0
  processed = 0
  #refused = 0
  #refusedTcp = 0

  refuse(tcp: boolean): void {
    this.#refused++
    if (tcp) this.#refusedTcp++
  }

  reset(): void {
    this.opened = 0
    this.resets = 0
    this.processed = 0
    this.#refused = 0
    this.#refusedTcp = 0
  }

  /** The metrics, with what the tables hold at the time. */
  metrics(active: number, healthy: number, unhealthy: number): LoadBalancerCounters {
    return {
      NewFlowCount: this.opened,
      ActiveFlowCount: active,
      RejectedFlowCount: this.#refused,
      ...(this.#refusedTcp === 0 ? {} : { RejectedFlowCount_TCP: this.#refusedTcp }),
      TCP_ELB_Reset_Count: this.resets,
      ProcessedPackets: this.processed,
      HealthyHostCount: healthy,
      UnHealthyHostCount: unhealthy,
    }
  }
}

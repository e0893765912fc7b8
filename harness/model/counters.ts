/** Counters of the load balancer (CloudWatch namespace AWS/GatewayELB), which no firewall host has. */
export const LOAD_BALANCER_COUNTERS: readonly string[] = [
  'NewFlowCount',
  'ActiveFlowCount',
  'RejectedFlowCount',
  'RejectedFlowCount_TCP',
  'TCP_ELB_Reset_Count',
  'ProcessedPackets',
  'HealthyHostCount',
  'UnHealthyHostCount',
]

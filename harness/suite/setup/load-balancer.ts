import type { LoadBalancer } from '../../model/setup.ts'
import type { Profile } from '../../profile/index.ts'
import type { Path, Report } from '../problems.ts'
import {
  asWord,
  FAILOVERS,
  NON_SYN_MISSES,
  notAWord,
  PLACEMENTS,
  RESET_TRIGGERS,
  STICKINESSES,
} from '../words.ts'
import type { LoadBalancerInput } from './input.ts'
import { readTargets } from './targets.ts'
import { type Range, seconds, TCP_IDLE, whole, word } from './values.ts'

/** Flows that flowbreak itself can distinguish at one time. */
const MOST_FLOWS = 1 << 20
/** The range of its TCP idle time-out, seconds. */
export const GATEWAY_TCP_IDLE: Range = {
  ...TCP_IDLE,
  rule: 'the Gateway Load Balancer takes 60 to 6000 seconds as tcp.idle_timeout.seconds',
}
/** tcp.idle_timeout.seconds of a listener that nobody has configured. */
const DEFAULT_TCP_IDLE = 350

/** The load balancer for that number of hosts; absent keys are as in the profile's system, and stay absent if that has AWS's default. */
export function readLoadBalancer(
  input: LoadBalancerInput,
  profile: Profile,
  hosts: number,
  report: Report,
): LoadBalancer {
  const { knobs } = profile
  const at = (key: keyof LoadBalancerInput): Path => ['load-balancer', key]
  const stickiness = word(
    input.stickiness,
    STICKINESSES,
    knobs.lbStickiness.value,
    'a stickiness',
    at('stickiness'),
    report,
  )
  const failover = failoverOf(input, knobs.lbFailover.value, report)
  const resetOn = resetsOf(input, profile, failover, report)
  const tcpIdle = input['tcp-idle'] ?? knobs.lbTcpIdle.value
  const idle = seconds(tcpIdle, GATEWAY_TCP_IDLE, at('tcp-idle'), report) ?? knobs.lbTcpIdle.value
  if (stickiness !== '5-tuple') refuseNarrow(stickiness, idle, resetOn, report)
  return {
    placement: word(
      input.placement,
      PLACEMENTS,
      knobs.lbPlacement.value,
      'a placement',
      at('placement'),
      report,
    ),
    tcpIdle: idle,
    otherIdle:
      seconds(
        input['other-idle'] ?? knobs.lbOtherIdle.value,
        { least: 1, most: 86_400 },
        at('other-idle'),
        report,
      ) ?? knobs.lbOtherIdle.value,
    nonSynMiss: word(
      input['non-syn-miss'],
      NON_SYN_MISSES,
      knobs.lbNonSynMiss.value,
      'an answer to a miss',
      at('non-syn-miss'),
      report,
    ),
    failover,
    resetOn,
    ...(stickiness === '5-tuple' ? {} : { stickiness }),
    ...capacityOf(input, report),
    ...readTargets(input, profile, hosts, report),
  }
}

/** One word for both events: a target group in which the two differ cannot exist. */
function failoverOf(
  input: LoadBalancerInput,
  fallback: LoadBalancer['failover'],
  report: Report,
): LoadBalancer['failover'] {
  const read = (key: 'failover' | 'on-deregistration' | 'on-unhealthy') =>
    input[key] === undefined
      ? undefined
      : word(input[key], FAILOVERS, fallback, 'a failover', ['load-balancer', key], report)
  const whole = read('failover')
  const deregistered = read('on-deregistration') ?? whole ?? fallback
  const unhealthy = read('on-unhealthy') ?? whole ?? fallback
  if (deregistered !== unhealthy)
    report(
      ['load-balancer', input['on-unhealthy'] === undefined ? 'on-deregistration' : 'on-unhealthy'],
      `The failover is "${deregistered}" on deregistration and "${unhealthy}" on unhealthy: a Gateway Load Balancer's target group takes target_failover.on_deregistration and target_failover.on_unhealthy only with the same value, so write it once, as failover.`,
    )
  else if (whole !== undefined && whole !== unhealthy)
    report(
      ['load-balancer', 'failover'],
      `The failover is "${whole}" here and "${unhealthy}" by its triggers: write it once.`,
    )
  return unhealthy
}

function resetsOf(
  input: LoadBalancerInput,
  { knobs }: Profile,
  failover: LoadBalancer['failover'],
  report: Report,
): LoadBalancer['resetOn'] {
  const path = ['load-balancer', 'reset-on']
  const triggers: readonly string[] = input['reset-on'] ?? knobs.lbResetOn.value
  triggers.forEach((trigger, index) => {
    if (asWord(RESET_TRIGGERS, trigger) === undefined)
      report([...path, index], notAWord(trigger, 'an occasion for resets', RESET_TRIGGERS))
  })
  if (triggers.length > 0 && failover === 'rebalance')
    report(
      path,
      'Resets and the failover "rebalance" exclude each other: a Gateway Load Balancer sends none (send_tcp_reset) for a target group that rebalances, so write failover: no_rebalance or leave reset-on empty.',
    )
  return {
    idle: triggers.includes('idle'),
    unhealthy: triggers.includes('unhealthy'),
    deregistration: triggers.includes('deregistration'),
  }
}

/** Refuses what a target group with less than the 5-tuple cannot have. */
function refuseNarrow(
  stickiness: string,
  idle: number,
  resetOn: LoadBalancer['resetOn'],
  report: Report,
): void {
  if (idle !== DEFAULT_TCP_IDLE) report(['load-balancer', 'tcp-idle'], narrowTimeout(stickiness))
  if (resetOn.idle || resetOn.unhealthy || resetOn.deregistration)
    report(
      ['load-balancer', 'reset-on'],
      `With ${stickiness} stickiness there are no resets: a Gateway Load Balancer sends them (send_tcp_reset) only with the 5-tuple.`,
    )
}

/** Why the time-out cannot be changed with less than the 5-tuple. */
export function narrowTimeout(stickiness: string): string {
  return `With ${stickiness} stickiness the idle time-out is ${DEFAULT_TCP_IDLE}s: a Gateway Load Balancer takes another tcp.idle_timeout.seconds only with the 5-tuple.`
}

function capacityOf({ capacity }: LoadBalancerInput, report: Report): { readonly capacity?: number } {
  if (capacity === undefined) return {}
  const read = whole(capacity, { least: 1, most: MOST_FLOWS }, ['load-balancer', 'capacity'], report)
  return read === undefined ? {} : { capacity: read }
}

import type { LoadBalancer } from '../../model/setup.ts'
import type { Profile } from '../../profile/index.ts'
import type { Path, Report } from '../problems.ts'
import { asWord, FAILOVERS, NON_SYN_MISSES, notAWord, PLACEMENTS, RESET_TRIGGERS } from '../words.ts'
import type { LoadBalancerInput } from './input.ts'
import { seconds, TCP_IDLE, word } from './values.ts'

/** The load balancer; what is not written is as the profile's system has it. */
export function readLoadBalancer(input: LoadBalancerInput, { knobs }: Profile, report: Report): LoadBalancer {
  const at = (key: keyof LoadBalancerInput): Path => ['load-balancer', key]
  const triggers: readonly string[] = input['reset-on'] ?? knobs.lbResetOn.value
  triggers.forEach((trigger, index) => {
    if (asWord(RESET_TRIGGERS, trigger) === undefined)
      report([...at('reset-on'), index], notAWord(trigger, 'an occasion for resets', RESET_TRIGGERS))
  })
  const failover = word(
    input.failover,
    FAILOVERS,
    knobs.lbFailover.value,
    'a failover',
    at('failover'),
    report,
  )
  if (triggers.length > 0 && failover === 'rebalance')
    report(
      at('reset-on'),
      'Resets and the failover "rebalance" exclude each other: write failover: no_rebalance or leave reset-on empty.',
    )
  return {
    placement: word(
      input.placement,
      PLACEMENTS,
      knobs.lbPlacement.value,
      'a placement',
      at('placement'),
      report,
    ),
    tcpIdle:
      seconds(input['tcp-idle'] ?? knobs.lbTcpIdle.value, TCP_IDLE, at('tcp-idle'), report) ??
      knobs.lbTcpIdle.value,
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
    resetOn: {
      idle: triggers.includes('idle'),
      unhealthy: triggers.includes('unhealthy'),
      deregistration: triggers.includes('deregistration'),
    },
  }
}

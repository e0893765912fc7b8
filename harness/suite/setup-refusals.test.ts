import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import type { SetupInput } from './setup/input.ts'
import { makeSetup } from './setup.ts'

function refusal(input: SetupInput): string {
  try {
    makeSetup(input)
  } catch (error) {
    if (error instanceof FlowbreakError && error.code === 'ERR_SETUP') return error.message
    throw error
  }
  return ''
}

describe('suite/setup: refusals', () => {
  it('refuses what is no setup, naming the key', () => {
    const refused: [SetupInput, RegExp][] = [
      [{ policy: 'rejct' }, /^policy: "rejct" is not a policy.*Did you mean "reject"\?$/],
      [
        { policy: 'continue', generation: 'next' },
        /^policy: A Next Generation policy takes only drop and reject: AWS .* does not support continue/,
      ],
      [
        { policy: 'FMS_IGNORE' },
        /^policy: "FMS_IGNORE" tells Firewall Manager to leave .*: write what the firewall has/,
      ],
      [
        { mode: 'monitor' },
        /^mode: Only Next Generation policies have a monitor mode: write generation: next\.$/,
      ],
      [{ generation: 'v2' }, /^generation: "v2" is not a generation of policies: write classic or next\./],
      [
        { generation: 'next', profile: 'panos' },
        /^generation: Next Generation policies are AWS .*, and profile "panos" is of another system: leave generation out\.$/,
      ],
      [{ generation: 'next', mode: 'watch' }, /^mode: "watch" is not a mode/],
      [{ profile: 'pfsense' }, /^profile: "pfsense" is not a profile: write aws-nfw, /],
      [
        { profile: 'panos', policy: 'reject' },
        /^policy: The system of profile "panos" cannot be set to policy "reject": write drop\.$/,
      ],
      [{ 'reset-on-expiry': 'server' }, /^reset-on-expiry: /],
      [
        { profile: 'linux-conntrack', 'reset-on-expiry': 'both' },
        /^reset-on-expiry: .* sends nothing when a session expires/,
      ],
      [{ sharing: 'clusters' }, /^sharing: .*Did you mean "cluster"/],
      [{ 'rule-order': 'as-written' }, /^rule-order: /],
      [{ hosts: 0 }, /^hosts: Write 1 to 250 hosts/],
      [{ hosts: 251 }, /^hosts: /],
      [{ hosts: 1.5 }, /^hosts: /],
      [{ hosts: [] }, /^hosts: /],
      [{ hosts: ['a', 'a'] }, /^hosts\.1: There are two hosts/],
      [{ hosts: ['lb'] }, /^hosts\.0: "lb" cannot name a host/],
      [{ 'tcp-idle': '59s' }, /^tcp-idle: "59s" is out of range: write 60s to 6000s\./],
      [{ 'tcp-idle': '6001s' }, /^tcp-idle: /],
      [{ 'tcp-idle': 'soon' }, /^tcp-idle: "soon" is not a duration/],
      [{ 'load-balancer': { 'tcp-idle': 10 } }, /^load-balancer\.tcp-idle: /],
      [{ 'load-balancer': { 'other-idle': 0 } }, /^load-balancer\.other-idle: /],
      [{ 'load-balancer': { placement: 'last' } }, /^load-balancer\.placement: /],
      [{ 'load-balancer': { 'non-syn-miss': 'rst' } }, /^load-balancer\.non-syn-miss: /],
      [{ 'load-balancer': { failover: 'rebalanced' } }, /^load-balancer\.failover: .*"rebalance"/],
      [{ 'load-balancer': { 'reset-on': ['idel'] } }, /^load-balancer\.reset-on\.0: .*"idle"/],
      [
        { 'load-balancer': { 'tcp-idle': '59s' } },
        /^load-balancer\.tcp-idle: .*takes 60 to 6000 seconds as tcp\.idle_timeout\.seconds/,
      ],
      [
        { 'load-balancer': { 'reset-on': ['idle'] } },
        /^load-balancer\.reset-on: .*exclude each other: .*send_tcp_reset/,
      ],
      [
        { 'load-balancer': { stickiness: '3-tuple', 'tcp-idle': 600 } },
        /^load-balancer\.tcp-idle: With 3-tuple stickiness the idle time-out is 350s: .* only with the 5-tuple/,
      ],
      [
        {
          'load-balancer': {
            stickiness: '2-tuple',
            failover: 'no_rebalance',
            'reset-on': ['deregistration'],
          },
        },
        /^load-balancer\.reset-on: With 2-tuple stickiness there are no resets: .* only with the 5-tuple/,
      ],
      [{ 'load-balancer': { stickiness: '4-tuple' } }, /^load-balancer\.stickiness: /],
      [
        { 'load-balancer': { 'on-deregistration': 'rebalance', 'on-unhealthy': 'no_rebalance' } },
        /^load-balancer\.on-unhealthy: .*target_failover\.on_unhealthy only with the same value/,
      ],
      [
        { 'load-balancer': { 'on-deregistration': 'no_rebalance' } },
        /^load-balancer\.on-deregistration: .* only with the same value/,
      ],
      [
        {
          'load-balancer': {
            failover: 'rebalance',
            'on-deregistration': 'no_rebalance',
            'on-unhealthy': 'no_rebalance',
          },
        },
        /^load-balancer\.failover: .*write it once/,
      ],
      [{ 'load-balancer': { capacity: 0 } }, /^load-balancer\.capacity: "0" is out of range: write 1 to/],
      [{ 'load-balancer': { capacity: 1.5 } }, /^load-balancer\.capacity: /],
      [
        { 'load-balancer': { health: { interval: 4 } } },
        /^load-balancer\.health\.interval: .*every 5 to 300 seconds/,
      ],
      [
        { 'load-balancer': { health: { 'unhealthy-threshold': 1 } } },
        /^load-balancer\.health\.unhealthy-threshold: .*thresholds of 2 to 10/,
      ],
      [
        { 'load-balancer': { health: { 'healthy-threshold': 11 } } },
        /^load-balancer\.health\.healthy-threshold: /,
      ],
      [
        { 'load-balancer': { 'deregistration-delay': 3601 } },
        /^load-balancer\.deregistration-delay: .*0 to 3600 seconds/,
      ],
      [{ 'load-balancer': { zones: ['a'] } }, /^load-balancer\.zones: There are 1 zones for 2 hosts/],
      [
        { 'load-balancer': { zones: ['a', 'b'], zone: 'c' } },
        /^load-balancer\.zone: No host is in zone "c", and without cross-zone/,
      ],
      [{ 'load-balancer': { zone: 'c' } }, /^load-balancer\.zone: All hosts are in one zone/],
      [{ 'load-balancer': { 'cross-zone': true } }, /^load-balancer\.cross-zone: All hosts are in one/],
      [
        { 'load-balancer': { zones: ['a', 'b'], 'cross-zone': 'yes' } },
        /^load-balancer\.cross-zone: "yes" is neither/,
      ],
      [{ 'load-balancer': { 'all-unhealthy': 'half' } }, /^load-balancer\.all-unhealthy: /],
      [{ 'load-balancer': { mtu: 1279 } }, /^load-balancer\.mtu: .*write 1280 to 65535/],
      [{ 'load-balancer': { 'host-mtu': 'big' } }, /^load-balancer\.host-mtu: /],
      [
        { 'load-balancer': { 'host-tcp-established': 59 } },
        /^load-balancer\.host-tcp-established: .*60 to 432000 seconds as TcpEstablishedTimeout/,
      ],
      [
        { 'default-actions': ['aws:drop_strict'] },
        /^default-actions: Default actions need rule-order: strict\.$/,
      ],
      [{ 'rule-order': 'strict', 'default-actions': ['drop_strict'] }, /^default-actions\.0: /],
      [
        { 'rule-order': 'strict', 'default-actions': ['aws:drop_strict', 'aws:drop_established'] },
        /^default-actions: A policy has at most one/,
      ],
    ]
    for (const [input, sentence] of refused) expect(refusal(input), JSON.stringify(input)).to.match(sentence)
  })
})

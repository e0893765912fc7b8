import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { isRemark, parseRules } from '../engine/rules/parse.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { SHARINGS } from '../suite/words.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { repeatable, wholeNumber } from './command.ts'
import { loadBalancerOf } from './load-balancer-options.ts'
import { profileNamed } from './profile-named.ts'

/** The options that describe a setup, for the commands that replay one capture. */
export interface SetupOptions {
  readonly policy?: string
  readonly generation?: string
  readonly mode?: string
  readonly stateless?: string
  readonly profile?: string
  readonly hosts?: number
  readonly sharing?: string
  readonly tunnels?: string
  readonly tcpIdle?: string
  readonly resetOnExpiry?: string
  readonly rules?: string
  readonly ruleOrder?: string
  readonly defaultAction?: readonly string[]
  readonly placement?: string
  readonly lbTcpIdle?: string
  readonly lbOtherIdle?: string
  readonly nonSynMiss?: string
  readonly failover?: string
  readonly resetOn?: readonly string[]
  readonly lb?: readonly string[]
}

/** The options that say what breaks, and how the ends of a connection take it. */
export interface BreakOptions {
  readonly inject?: readonly string[]
  readonly flow?: number
  readonly endpoints: string
  readonly seed: number
}

/** Gives a command the options of a setup. */
export function setupOptions(command: Command): Command {
  return loadBalancerOptions(
    firewallOptions(command).option(
      '--hosts <n>',
      'firewall hosts behind the load balancer (default 2)',
      wholeNumber('--hosts', 1),
    ),
  )
}

/** The options of a setup that are about the firewall itself. */
export function firewallOptions(command: Command): Command {
  return command
    .option('--policy <policy>', 'stream exception policy: drop, reject or continue (default drop)')
    .option('--generation <which>', "of AWS's policies: classic, or next, where reject is the default")
    .option('--mode <mode>', 'of next policies: enforce, or monitor, where continue applies')
    .option('--stateless <file>', 'the stateless engine before the stateful one, in YAML or JSON')
    .option(
      '--profile <name>',
      "the system that the engine behaves like, or a file of one's own (default aws-nfw)",
    )
    .option(
      '--sharing <kind>',
      `how session state reaches another host: ${SHARINGS.join(', ')}; with keys as in kind:key=value,key=value`,
    )
    .option(
      '--tunnels <side>',
      'judge packets in tunnels by their inner or outer flow (default: as the profile)',
    )
    .option('--tcp-idle <duration>', "the engine's time-out for idle TCP connections, 60s to 6000s")
    .option('--reset-on-expiry <whom>', 'a reset when an established session expires: none, client or both')
    .option('--rules <file>', "rules in Suricata's language")
    .option('--rule-order <order>', 'action or strict')
    .option('--default-action <action>', 'such as aws:drop_strict; may be repeated', repeatable)
}

function loadBalancerOptions(command: Command): Command {
  return command
    .option('--placement <how>', 'where new flows go: first or hash')
    .option('--lb-tcp-idle <duration>', "the load balancer's time-out for TCP flows")
    .option('--lb-other-idle <duration>', 'the same for all other flows')
    .option(
      '--non-syn-miss <what>',
      'a TCP packet of no known flow at the load balancer: forward, drop or reset',
    )
    .option('--failover <how>', 'flows of a host that left: rebalance or no_rebalance')
    .option(
      '--reset-on <what>',
      'the load balancer resets on idle, unhealthy or deregistration; may be repeated',
      repeatable,
    )
    .option(
      '--lb <key=value>',
      'more of the load balancer, as in a suite: stickiness=3-tuple, capacity=100, health.interval=30s; may be repeated',
      repeatable,
    )
}

/** Gives a command the options that break flows. */
export function breakOptions(command: Command): Command {
  return command
    .option(
      '--inject <injection>',
      'such as host-swap@12, idle-gap@12:400s, asymmetric-path@1:s2c=fw-b, store-outage@9:down; may be repeated',
      repeatable,
    )
    .option(
      '--flow <n>',
      'the flow that injections are about (default: that of the packet they name)',
      wholeNumber('--flow', 0),
    )
    .option(
      '--endpoints <kind>',
      'recorded, or reactive: live endpoints that retransmit and obey resets',
      'recorded',
    )
    .option('--seed <n>', 'for ports and sequence numbers of new connections', wholeNumber('--seed', 0), 1)
}

/** The setup that the options describe, to be made of it. Throws what its files are wrong in. */
export async function setupInputOf(options: SetupOptions): Promise<SetupInput> {
  const { stateless } = options
  return {
    profile: await profileNamed(options.profile),
    hosts: options.hosts,
    policy: options.policy,
    generation: options.generation,
    mode: options.mode,
    // Its reader is large, and few replays need it.
    stateless:
      stateless === undefined
        ? undefined
        : (await import('../suite/stateless-file.ts')).loadStateless(stateless),
    'rule-order': options.ruleOrder,
    'default-actions': options.defaultAction,
    rules: options.rules === undefined ? undefined : rulesFrom(options.rules),
    'tcp-idle': options.tcpIdle,
    'reset-on-expiry': options.resetOnExpiry,
    sharing: options.sharing,
    tunnels: options.tunnels,
    'load-balancer': {
      ...loadBalancerOf(options.lb ?? []),
      placement: options.placement,
      'tcp-idle': options.lbTcpIdle,
      'other-idle': options.lbOtherIdle,
      'non-syn-miss': options.nonSynMiss,
      failover: options.failover,
      'reset-on': options.resetOn,
    },
  }
}

/** The rules of a file, without blank lines and comments. ERR_RULE names file, line and column of what is not read. */
function rulesFrom(file: string): readonly string[] {
  const lines = linesOf(file)
  parseRules(lines, (index) => `${file}:${index + 1}`)
  return lines.filter((line) => !isRemark(line))
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch (thrown) {
    throw new FlowbreakError(
      'ERR_RULES_FILE',
      `The rules ${file} cannot be read (${messageOf(thrown)}): name a file of rules.`,
    )
  }
}

/** Whether the ends of connections are as recorded, or live. Throws ERR_USAGE. */
export function endpointsOf(word: string): 'recorded' | 'reactive' {
  if (word === 'recorded' || word === 'reactive') return word
  throw new FlowbreakError('ERR_USAGE', `--endpoints takes recorded or reactive, not ${word}.`)
}

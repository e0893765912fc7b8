import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { isRemark, parseRules } from '../engine/rules/parse.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { ENDPOINTS, SHARINGS } from '../suite/words.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { repeatable, wholeNumber } from './command.ts'
import { loadBalancerOf } from './load-balancer-options.ts'
import { profileNamed } from './profile-named.ts'

/** The options that describe a setup, for commands that replay one capture. */
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

/** The options for injections, and for how the ends of a connection react to them. */
export interface BreakOptions {
  readonly inject?: readonly string[]
  readonly flow?: number
  readonly endpoints: string
  readonly seed: number
}

/** Adds the options of a setup to a command. */
export function setupOptions(command: Command): Command {
  return loadBalancerOptions(
    firewallOptions(command).option(
      '--hosts <n>',
      'the number of hosts behind the load balancer (default 2)',
      wholeNumber('--hosts', 1),
    ),
  )
}

/** Adds the options of a setup that concern the firewall itself. */
export function firewallOptions(command: Command): Command {
  return command
    .option(
      '--policy <policy>',
      'the stream exception policy: drop, reject or continue (default: as in the profile)',
    )
    .option(
      '--generation <which>',
      "the generation of AWS's policy: classic, or next, whose default is reject",
    )
    .option(
      '--mode <mode>',
      'the mode of a next-generation policy: enforce, or monitor, in which continue applies',
    )
    .option(
      '--stateless <file>',
      'the stateless engine in front of the stateful one: its rules in YAML or JSON',
    )
    .option(
      '--profile <name>',
      'the profile of the system to imitate: a name, or a file of your own (default aws-nfw)',
    )
    .option(
      '--sharing <kind>',
      `how session state reaches another host: ${SHARINGS.join(', ')}; with keys: kind:key=value,key=value`,
    )
    .option(
      '--tunnels <side>',
      'judge packets in tunnels by their inner or outer flow (default: as in the profile)',
    )
    .option('--tcp-idle <duration>', "the hosts' time-out for idle TCP connections, 60s to 6000s")
    .option(
      '--reset-on-expiry <whom>',
      'who gets a reset when an established session expires: none, client or both',
    )
    .option('--rules <file>', "a file of rules in Suricata's language")
    .option('--rule-order <order>', 'the order in which rules apply: action or strict')
    .option(
      '--default-action <action>',
      'a default action, such as aws:drop_strict; may be repeated',
      repeatable,
    )
}

function loadBalancerOptions(command: Command): Command {
  return command
    .option(
      '--placement <how>',
      'which host gets a new flow: the first in service (first), or by a hash of its tuple (hash)',
    )
    .option('--lb-tcp-idle <duration>', "the load balancer's time-out for TCP flows")
    .option('--lb-other-idle <duration>', "the load balancer's time-out for all other flows")
    .option(
      '--non-syn-miss <what>',
      'what the load balancer does with a non-SYN TCP packet of an unknown flow: forward, drop or reset',
    )
    .option('--failover <how>', 'what happens to the flows of a host that left: rebalance or no_rebalance')
    .option(
      '--reset-on <what>',
      'when the load balancer sends resets: idle, unhealthy or deregistration; may be repeated',
      repeatable,
    )
    .option(
      '--lb <key=value>',
      'any other key of load-balancer in a suite: stickiness=3-tuple, capacity=100, health.interval=30s; may be repeated',
      repeatable,
    )
}

/** Adds the options for injections to a command. */
export function breakOptions(command: Command): Command {
  return command
    .option(
      '--inject <injection>',
      'what breaks and where, such as host-swap@12, idle-gap@12:400s, asymmetric-path@1:s2c=fw-b, store-outage@9:down; may be repeated',
      repeatable,
    )
    .option(
      '--flow <n>',
      'the flow that injections apply to (default: the flow of the packet that they name)',
      wholeNumber('--flow', 0),
    )
    .option(
      '--endpoints <kind>',
      'recorded, or reactive: endpoints that retransmit and obey resets',
      'recorded',
    )
    .option(
      '--seed <n>',
      'the seed for ports and sequence numbers of new connections',
      wholeNumber('--seed', 0),
      1,
    )
}

/** The input for the setup that the options describe. Throws errors in its files. */
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

/** The rules of a file, without blank lines and comments. ERR_RULE names file, line and column of a rule that is not supported. */
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

/** Whether the ends of connections are recorded or reactive. Throws ERR_USAGE. */
export function endpointsOf(word: string): 'recorded' | 'reactive' {
  if (word === 'recorded' || word === 'reactive') return word
  throw new FlowbreakError(
    'ERR_USAGE',
    `--endpoints takes recorded or reactive, not ${word}.${didYouMean(word, ENDPOINTS)}`,
  )
}

import { NANOS_PER_SECOND } from '../model/batch.ts'
import type {
  Generation,
  LoadBalancer,
  OwnProfile,
  Policy,
  PolicyMode,
  Setup,
  Topology,
} from '../model/setup.ts'
import { getProfile, makeProfile, type Profile, profileNames } from '../profile/index.ts'
import { digestOf } from '../support/digest.ts'
import { parseDuration } from '../support/duration.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import type { Path, Report } from './problems.ts'
import { readStateless, type StatelessInput } from './stateless.ts'
import {
  asWord,
  DEFAULT_ACTIONS,
  FAILOVERS,
  GENERATIONS,
  listWords,
  MODES,
  NON_SYN_MISSES,
  notAWord,
  PLACEMENTS,
  POLICIES,
  RESET_TRIGGERS,
  RESETS_ON_EXPIRY,
  RULE_ORDERS,
  SHARINGS,
  TUNNELS,
} from './words.ts'

/** A load balancer as people write it; what is absent has its default. Times are durations, `350s`. */
export interface LoadBalancerInput {
  readonly placement?: string | undefined
  readonly 'tcp-idle'?: string | number | undefined
  readonly 'other-idle'?: string | number | undefined
  readonly 'non-syn-miss'?: string | undefined
  readonly failover?: string | undefined
  readonly 'reset-on'?: readonly string[] | undefined
}

/** A setup as people write it, in a suite or by options; what is absent has its default. */
export interface SetupInput {
  /** A name, or a profile of one's own that was read before. */
  readonly profile?: string | OwnProfile | undefined
  /** How many, or their names. */
  readonly hosts?: number | string | readonly string[] | undefined
  readonly policy?: string | undefined
  readonly generation?: string | undefined
  readonly mode?: string | undefined
  readonly 'rule-order'?: string | undefined
  readonly 'default-actions'?: readonly string[] | undefined
  readonly rules?: readonly string[] | undefined
  readonly 'tcp-idle'?: string | number | undefined
  readonly 'reset-on-expiry'?: string | undefined
  readonly sharing?: string | undefined
  /** `inner` or `outer`; absent: as the profile's system does. */
  readonly tunnels?: string | undefined
  readonly stateless?: StatelessInput | undefined
  readonly 'load-balancer'?: LoadBalancerInput | undefined
}

/** Keys of a setup whose value is one word or number, so that an axis of that name sets them. */
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
/** The same for the load balancer's keys; `tcp-idle` is the policy's. */
export const LOAD_BALANCER_AXES = ['placement', 'other-idle', 'non-syn-miss', 'failover'] as const

const MOST_HOSTS = 250
/** Names that `by`, `to` and reports use for what is no host. */
const NOT_HOSTS = ['lb', 'path', 'unknown', 'bypass']
/** Both AWS Network Firewall's and the gateway load balancer's range, seconds (API FlowTimeouts; listener attribute tcp.idle_timeout.seconds). */
const TCP_IDLE = { least: 60, most: 6000 }

/** The setup that `input` describes over the defaults. Throws ERR_SETUP with the first thing that is wrong. */
export function makeSetup(input: SetupInput = {}): Setup {
  return readSetup(input, (path, message) => {
    throw new FlowbreakError('ERR_SETUP', `${path.join('.')}: ${message}`)
  })
}

/** As `makeSetup`, but tells `report` of every problem, by key, and takes the default in its place. */
export function readSetup(input: SetupInput, report: Report): Setup {
  const own = typeof input.profile === 'object' ? input.profile : undefined
  const named = typeof input.profile === 'object' ? undefined : input.profile
  const profile =
    own === undefined
      ? getProfile(word(named, profileNames(), 'aws-nfw', 'a profile', ['profile'], report))
      : makeProfile(own)
  const content = {
    topology: topologyOf(input, profile, report),
    policy: policyOf(input, profile, report),
    profile: profile.name,
    ...(own === undefined ? {} : { ownProfile: own }),
    tunnels: word(
      input.tunnels,
      TUNNELS,
      profile.knobs.tunnels.value,
      'a side of tunnels',
      ['tunnels'],
      report,
    ),
    rules: input.rules ?? [],
    ...(input.stateless === undefined
      ? {}
      : { stateless: readStateless(input.stateless, ['stateless'], report) }),
  }
  // The content is built in one order of keys, so its JSON is canonical.
  const key = digestOf(JSON.stringify(content))
  return { key, ...content }
}

function topologyOf(input: SetupInput, profile: Profile, report: Report): Topology {
  const sharing = word(input.sharing, SHARINGS, 'none', 'a sharing', ['sharing'], report)
  return {
    hosts: hostsOf(input.hosts ?? 2, report),
    loadBalancer: loadBalancerOf(input['load-balancer'] ?? {}, profile, report),
    sharing: { kind: sharing },
  }
}

function hostsOf(hosts: number | string | readonly string[], report: Report): readonly string[] {
  const names = typeof hosts === 'object' ? hosts : hostNames(Number(hosts))
  if (names.length < 1 || names.length > MOST_HOSTS) {
    report(['hosts'], `Write 1 to ${MOST_HOSTS} hosts, as a number or a list of names, not "${hosts}".`)
    return hostNames(2)
  }
  names.forEach((name, index) => {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || NOT_HOSTS.includes(name))
      report(['hosts', index], `"${name}" cannot name a host: use a-z, 0-9 and "-", as in fw-a.`)
    else if (names.indexOf(name) < index) report(['hosts', index], `There are two hosts named "${name}".`)
  })
  return names
}

/** fw-a … fw-z, fw-aa …; none where the number is not one that a topology can have. */
function hostNames(count: number): readonly string[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_HOSTS) return []
  const letter = (index: number): string => String.fromCharCode(97 + index)
  return Array.from({ length: count }, (_, index) =>
    index < 26 ? `fw-${letter(index)}` : `fw-${letter(Math.floor(index / 26) - 1)}${letter(index % 26)}`,
  )
}

function loadBalancerOf(input: LoadBalancerInput, { knobs }: Profile, report: Report): LoadBalancer {
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

function policyOf(input: SetupInput, profile: Profile, report: Report): Policy {
  const ruleOrder = word(input['rule-order'], RULE_ORDERS, 'action', 'a rule order', ['rule-order'], report)
  const defaultActions = input['default-actions'] ?? []
  defaultActions.forEach((action, index) => {
    if (!DEFAULT_ACTIONS.includes(action))
      report(['default-actions', index], notAWord(action, 'a default action', DEFAULT_ACTIONS))
  })
  if (defaultActions.length > 0 && ruleOrder === 'action')
    report(['default-actions'], 'Default actions need rule-order: strict.')
  if (defaultActions.filter((action) => action.startsWith('aws:drop_')).length > 1)
    report(['default-actions'], 'A policy has at most one default action that drops.')
  const tcpIdle =
    input['tcp-idle'] === undefined ? undefined : seconds(input['tcp-idle'], TCP_IDLE, ['tcp-idle'], report)
  const byProfile = profile.knobs.resetOnExpiry.value
  const resetOnExpiry = word(
    input['reset-on-expiry'],
    RESETS_ON_EXPIRY,
    byProfile,
    'whom a reset at expiry tells',
    ['reset-on-expiry'],
    report,
  )
  if (resetOnExpiry !== 'none' && profile.knobs.tracker.value === 'conntrack')
    report(
      ['reset-on-expiry'],
      `The system of profile "${profile.name}" tells nobody of an expiry: leave reset-on-expiry out.`,
    )
  const generation = word(
    input.generation,
    GENERATIONS,
    'classic',
    'a generation of policies',
    ['generation'],
    report,
  )
  return {
    exception: exceptionOf(input.policy, generation, profile, report),
    ...modeOf(input.mode, generation, report),
    ruleOrder,
    defaultActions,
    ...(tcpIdle === undefined ? {} : { tcpIdle }),
    ...(resetOnExpiry === 'none' && byProfile === 'none' ? {} : { resetOnExpiry }),
  }
}

/**
 * The stream exception policy as configured, if the system has it and under the rules of its generation (developer guide, both
 * pages about it); where none is asked for, the default of those.
 */
function exceptionOf(
  text: string | undefined,
  generation: Generation,
  profile: Profile,
  report: Report,
): Policy['exception'] {
  const { value: has } = profile.knobs.policies
  const fallback = generation === 'next' ? 'reject' : (has[0] ?? 'drop')
  if (text !== undefined && /^fms[-_]ignore$/i.test(text)) {
    report(
      ['policy'],
      `"${text}" tells Firewall Manager to leave the stream exception policy as it is, and is none itself: write what the firewall has, ${listWords(POLICIES)}.`,
    )
    return fallback
  }
  const exception = word(text, POLICIES, fallback, 'a policy', ['policy'], report)
  if (!has.includes(exception)) {
    report(
      ['policy'],
      `The system of profile "${profile.name}" cannot be set to policy "${exception}": write ${listWords(has)}.`,
    )
    return fallback
  }
  if (exception !== 'continue' || generation !== 'next') return exception
  report(
    ['policy'],
    'A Next Generation policy takes only drop and reject: AWS Network Firewall does not support continue as a configured value there (in monitor mode it is what applies).',
  )
  return fallback
}

/** Nothing where it is what a policy is by default, so that equal setups have equal keys. */
function modeOf(
  text: string | undefined,
  generation: Generation,
  report: Report,
): { readonly generation?: Generation; readonly mode?: PolicyMode } {
  const mode = word(text, MODES, 'enforce', 'a mode', ['mode'], report)
  if (generation === 'next') return { generation, ...(mode === 'enforce' ? {} : { mode }) }
  if (mode === 'monitor')
    report(['mode'], 'Only Next Generation policies have a monitor mode: write generation: next.')
  return {}
}

function word<T extends string>(
  text: string | undefined,
  words: readonly T[],
  fallback: T,
  noun: string,
  path: Path,
  report: Report,
): T {
  if (text === undefined) return fallback
  const found = asWord(words, text)
  if (found === undefined) report(path, notAWord(text, noun, words))
  return found ?? fallback
}

function seconds(
  text: string | number,
  range: { readonly least: number; readonly most: number },
  path: Path,
  report: Report,
): number | undefined {
  try {
    const value = parseDuration(text) / NANOS_PER_SECOND
    if (value >= range.least && value <= range.most) return value
    report(path, `"${text}" is out of range: write ${range.least}s to ${range.most}s.`)
  } catch (error) {
    if (!(error instanceof FlowbreakError) || error.code !== 'ERR_DURATION') throw error
    report(path, messageOf(error))
  }
  return undefined
}

/** Two hosts, exception policy `drop`, no rules, no sharing, profile aws-nfw. */
export const defaultSetup: Setup = makeSetup()

import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Knob, Mark, Setup } from '../model/setup.ts'
import { type Knobs, profileOf } from '../profile/index.ts'
import { counted } from '../support/counted.ts'

/** Most settings that a warning names. */
const MOST_NAMED = 4
const WEAK: ReadonlySet<Mark> = new Set<Mark>(['MEM', 'INF'])

/** By knob: the setups in which it can make a difference; a knob that is not listed always can. */
const MATTERS: { readonly [K in keyof Knobs]?: (setup: Setup) => boolean } = {
  continueMode: continues,
  finOnMiss: continues,
  asyncOneside: continues,
  missAfterExpiry: ({ policy }) => policy.exception !== 'drop',
  ackWindow: (setup) => profileOf(setup).knobs.tracker.value === 'windows',
  tcpUnverifiedReset: (setup) => profileOf(setup).knobs.rstValidation.value === 'pending',
  lbPlacement: ({ topology }) => topology.loadBalancer.placement === 'hash',
  // Longer than the load balancer ever remembers, unless a setup says otherwise.
  lbHostTcpEstablished: () => false,
  rejectTarget: ({ policy }) => policy.exception === 'reject',
  dropMarkReplicated: isShared,
  importLiberal: isShared,
  appStateReplicated: (setup) => isShared(setup) && hasRules(setup),
  // Matters only if an injection changes a time-out, which its expectation takes into account.
  onTimeoutChange: () => false,
  // Reached only by captures with more flows, and counted if it is.
  maxFlows: () => false,
  onTableFull: () => false,
  passScope: hasRules,
  dropBesideReject: hasRules,
  rejectNonTcp: hasRules,
  // How a capture is read, unless a setup says otherwise; shown in every setup.
  tunnels: () => false,
  carrier: looksIntoTunnels,
  ipv4InIpv4: looksIntoTunnels,
}

/**
 * Warnings of what is weaker than it looks: expectations that can fail a case and rest on memory or inference, expectations that nobody
 * has reviewed, and for each profile its settings that rest on memory or inference. Once each, however many cases there are.
 */
export function* weakWarnings(cases: readonly Case[]): Generator<RunEvent> {
  const weak = cases.filter(({ expectations }) =>
    expectations.some(({ level, provenance }) => level !== 'provisional' && WEAK.has(provenance.mark)),
  )
  if (weak.length > 0)
    yield {
      type: 'warning',
      code: 'WARN_WEAK_EXPECTATION',
      message: `${weak.length === 1 ? '1 case' : `${weak.length} cases`} can fail by an expectation that rests on memory or inference alone, the first of them ${weak[0]?.name}.`,
    }
  const [first, ...more] = cases.filter((test) => unreviewedOf(test) > 0)
  if (first !== undefined) {
    const proposals = [first, ...more].reduce((sum, test) => sum + unreviewedOf(test), 0)
    yield {
      type: 'warning',
      code: 'WARN_UNREVIEWED',
      message: `${counted(proposals, 'expectation')} of ${counted(more.length + 1, 'case')} ${proposals === 1 ? 'is' : 'are'} unreviewed and can fail nothing, the first of them of ${first.name}: flowbreak suite check names the lines.`,
    }
  }
  for (const [name, setups] of setupsByProfile(cases)) {
    const knobs = weakKnobs(setups)
    if (knobs.length > 0)
      yield {
        type: 'warning',
        code: 'WARN_WEAK_PROFILE',
        message: `Profile ${name} has from memory or inference: ${shortened(knobs)}; ${whoSaysWhy(name, setups)}.`,
      }
  }
}

/** A user's own profile is in a file, of which a setup keeps only what it says. */
function whoSaysWhy(name: string, setups: ReadonlyMap<string, Setup>): string {
  const [first] = setups.values()
  return first?.ownProfile === undefined
    ? `flowbreak profile show ${name} says why`
    : `its file and flowbreak profile show ${first.ownProfile.extends} say why`
}

function unreviewedOf({ expectations }: Case): number {
  return expectations.filter(({ unreviewed }) => unreviewed === true).length
}

/** As many settings as fit on a line, and how many more there are. */
function shortened(knobs: readonly string[]): string {
  const more = knobs.length - MOST_NAMED
  return more > 0 ? `${knobs.slice(0, MOST_NAMED).join(', ')} and ${more} more` : knobs.join(', ')
}

function setupsByProfile(cases: readonly Case[]): ReadonlyMap<string, ReadonlyMap<string, Setup>> {
  const found = new Map<string, Map<string, Setup>>()
  for (const { setup } of cases) {
    const setups = found.get(setup.profile) ?? new Map<string, Setup>()
    found.set(setup.profile, setups.set(setup.key, setup))
  }
  return found
}

/** `continueMode (INF)`: weak settings of a profile that matter in any of the setups. */
function weakKnobs(setups: ReadonlyMap<string, Setup>): readonly string[] {
  const [first] = setups.values()
  return Object.entries<Knob<unknown>>({ ...(first && profileOf(first).knobs) })
    .filter(([, { mark }]) => WEAK.has(mark))
    .filter(([name]) => {
      const matters = Object.entries(MATTERS).find(([knob]) => knob === name)?.[1]
      return matters === undefined || [...setups.values()].some(matters)
    })
    .map(([name, { mark }]) => `${name} (${mark})`)
}

function continues({ policy }: Setup): boolean {
  return policy.exception === 'continue' || policy.mode === 'monitor'
}

function isShared({ topology }: Setup): boolean {
  return topology.sharing.kind !== 'none'
}

function hasRules({ rules }: Setup): boolean {
  return rules.length > 0
}

function looksIntoTunnels({ tunnels }: Setup): boolean {
  return tunnels === 'inner'
}

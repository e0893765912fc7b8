import type { Target } from '../model/target.ts'
import { listWords } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { bounded, readAppliances, readBounds } from './bounds.ts'
import { type ReferenceTaps, ReferenceTarget } from './reference/reference.ts'
import type { TargetContext, TargetMaker, TargetSpec } from './spec.ts'
import { targetWith } from './target-with.ts'

export type { TargetContext, TargetMaker, TargetSpec } from './spec.ts'

/** One line for each kind; large modules, and those whose dependencies may be missing, are loaded on demand. */
const KINDS: Readonly<Record<string, TargetMaker>> = {
  geneve: async (spec, context) => (await import('./geneve/geneve.ts')).makeGeneve(spec, context),
  inline: async (spec, context) => (await import('./inline/inline.ts')).makeInline(spec, context),
  reference: (_spec, { version }) => new ReferenceTarget(version),
  module: async (spec, context) => (await import('./module/module.ts')).makeModuleTarget(spec, context),
  netfilter: async (spec, context) => (await import('./netfilter/netfilter.ts')).makeNetfilter(spec, context),
  process: async (spec, context) => (await import('./process/process.ts')).makeProcessTarget(spec, context),
  suricata: async (spec, { name }) => (await import('./suricata/suricata.ts')).makeSuricata(name, spec),
  'suricata-live': async (spec, context) =>
    (await import('./suricata-live/suricata-live.ts')).makeSuricataLive(spec, context),
}

/** Every kind of target that can be configured. */
export const TARGET_KINDS: readonly string[] = Object.keys(KINDS)

/** Names of the targets that need no configuration. */
export const TARGETS: readonly string[] = ['reference', 'suricata', 'suricata-live', 'netfilter']

/**
 * The target for a spec; every kind can have `limits`, `addresses` and `appliance`. Throws ERR_TARGET_UNKNOWN, which lists the kinds, and
 * ERR_TARGET_OPTION.
 */
export async function makeTarget(
  { limits, addresses, appliance, ...spec }: TargetSpec,
  context: TargetContext,
): Promise<Target> {
  const make = Object.hasOwn(KINDS, spec.kind) ? KINDS[spec.kind] : undefined
  if (make === undefined) throw unknown(spec.kind, TARGET_KINDS)
  const bounds = readBounds(context.name, { limits, addresses })
  const { addresses: ranges } = bounds
  const named = readAppliances(context.name, appliance)
  const target = await make(spec, ranges === undefined ? context : { ...context, addresses: ranges })
  return bounded(named === undefined ? target : targetWith(target, { appliances: named }), bounds)
}

/**
 * The target of that name, without waiting. Throws ERR_TARGET_UNKNOWN, which lists the names. `taps`: for the reference, which alone
 * reports what would be in a device's log.
 */
export function getTarget(name: string, version: string, taps?: ReferenceTaps): Target {
  if (name === 'reference') return new ReferenceTarget(version, taps)
  throw unknown(name, TARGETS)
}

function unknown(name: string, known: readonly string[]): FlowbreakError {
  return new FlowbreakError('ERR_TARGET_UNKNOWN', `There is no target ${name}: choose ${listWords(known)}.`)
}

import type { Target } from '../model/target.ts'
import { listWords } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type ReferenceTaps, ReferenceTarget } from './reference/reference.ts'
import type { TargetContext, TargetMaker, TargetSpec } from './spec.ts'

export type { TargetContext, TargetMaker, TargetSpec } from './spec.ts'

/** A line a kind; what is large, or needs parts that may be missing, is loaded when it is asked for. */
const KINDS: Readonly<Record<string, TargetMaker>> = {
  reference: (_spec, { version }) => new ReferenceTarget(version),
  suricata: async (spec, { name }) => {
    const { makeSuricata } = await import('./suricata/suricata.ts')
    return makeSuricata(name, spec)
  },
  module: async (spec, context) => (await import('./module/module.ts')).makeModuleTarget(spec, context),
  process: async (spec, context) => (await import('./process/process.ts')).makeProcessTarget(spec, context),
}

/** Every kind of target that can be configured. */
export const TARGET_KINDS: readonly string[] = Object.keys(KINDS)

/** Names of the targets that need no configuration. */
export const TARGETS: readonly string[] = ['reference', 'suricata']

/** The target that a spec describes. ERR_TARGET_UNKNOWN names the kinds that there are. */
export async function makeTarget(spec: TargetSpec, context: TargetContext): Promise<Target> {
  const make = Object.hasOwn(KINDS, spec.kind) ? KINDS[spec.kind] : undefined
  if (make === undefined) throw unknown(spec.kind, TARGET_KINDS)
  return make(spec, context)
}

/**
 * The target of that name, without waiting; ERR_TARGET_UNKNOWN names those that there are. `taps`: of the reference, which alone
 * tells what a device's log would.
 */
export function getTarget(name: string, version: string, taps?: ReferenceTaps): Target {
  if (name === 'reference') return new ReferenceTarget(version, taps)
  throw unknown(name, TARGETS)
}

function unknown(name: string, known: readonly string[]): FlowbreakError {
  return new FlowbreakError('ERR_TARGET_UNKNOWN', `There is no target ${name}: choose ${listWords(known)}.`)
}

import type { Target } from '../model/target.ts'
import { listWords } from '../suite/words.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { asFlowbreakError, FlowbreakError } from '../support/errors.ts'
import { readAppliances } from '../target/bounds.ts'
import { findModule, isPath } from '../target/module/find-module.ts'
import { isTarget, targetProblem } from '../target/shape.ts'
import { targetWith } from '../target/target-with.ts'
import { makeTarget, TARGET_KINDS, TARGETS, type TargetSpec } from '../target/targets.ts'
import type { LoadedConfig } from './config.ts'
import type { Secrets } from './secrets.ts'

const SPOKEN_TO: ReadonlySet<string> = new Set(['process', 'module'])

/**
 * The target that `--target` names: one of the configuration, a kind that needs no configuration, or a module by path or package. Throws
 * ERR_TARGET_UNKNOWN with a list of targets, or an error about its options with their place.
 */
export async function targetNamed(
  name: string,
  config: LoadedConfig,
  secrets: Secrets,
  version: string,
  signal?: AbortSignal,
): Promise<Target> {
  const { targets = {}, folder, place } = config
  const until = signal === undefined ? {} : { signal }
  const configured = Object.hasOwn(targets, name) ? targets[name] : undefined
  if (configured !== undefined) {
    const at = place(['targets', name])
    if (isTarget(configured)) return renamed(checked(configured, at), name)
    try {
      return renamed(
        await makeTarget(secrets.fill(configured, at), { name, version, folder, ...until }),
        name,
      )
    } catch (thrown) {
      const known = asFlowbreakError(thrown)
      if (known?.code !== 'ERR_TARGET_OPTION') throw thrown
      throw new FlowbreakError(known.code, `${at}: ${known.message}`, { cause: thrown })
    }
  }
  if (TARGETS.includes(name)) return makeTarget({ kind: name }, { name, version })
  const here = process.cwd()
  if (isPath(name) || (!TARGET_KINDS.includes(name) && findModule(name, here) !== undefined)) {
    const spec: TargetSpec = { kind: 'module', module: name }
    return makeTarget(spec, { name, version, folder: here })
  }
  throw unknown(name, config)
}

/**
 * The devices that may be touched while the target of that name is made, by their names in leases; only programs and users' own
 * modules touch any. Undefined: none. Throws ERR_TARGET_OPTION.
 */
export function touchedWhenMade(name: string, { targets = {} }: LoadedConfig): readonly string[] | undefined {
  const spec = Object.hasOwn(targets, name) ? targets[name] : undefined
  if (spec === undefined || isTarget(spec) || !SPOKEN_TO.has(spec.kind)) return undefined
  const isShared = spec.shared !== undefined && spec.shared !== false
  return readAppliances(name, spec.appliance) ?? (isShared ? [] : [`target ${name}`])
}

function unknown(name: string, { file, targets = {} }: LoadedConfig): FlowbreakError {
  const known = [...Object.keys(targets), ...TARGETS]
  const sentence = TARGET_KINDS.includes(name)
    ? `The target ${name} needs to be told more: write targets: { mine: { kind: ${name}, … } } in flowbreak.config.yaml, and name that.`
    : `There is no target ${name}: choose ${listWords(known)}, name a module by its path, or configure it in ${file ?? 'flowbreak.config.yaml'}.${didYouMean(name, known)}`
  return new FlowbreakError('ERR_TARGET_UNKNOWN', sentence)
}

function checked(target: Target, at: string): Target {
  const problem = targetProblem(target)
  if (problem === undefined) return target
  throw new FlowbreakError('ERR_CONFIG', `${at}: The target ${problem} (docs/writing-a-target.md).`)
}

/** The target under its name in the configuration, so that two of one kind can be told apart. */
function renamed(target: Target, name: string): Target {
  return target.name === name ? target : targetWith(target, { name })
}

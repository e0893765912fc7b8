import type { Target } from '../../model/target.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { loadModule } from '../../support/load-module.ts'
import { targetProblem } from '../shape.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { findModule } from './find-module.ts'

/**
 * `kind: module`: a user's own target; `module` is a path or a package. Its default export is the target, or makes it
 * from the other options. Throws ERR_TARGET_OPTION and ERR_TARGET_MODULE.
 */
export async function makeModuleTarget(
  { kind: _, module, ...options }: TargetSpec,
  { name, folder = process.cwd() }: TargetContext,
): Promise<Target> {
  if (typeof module !== 'string')
    throw new FlowbreakError(
      'ERR_TARGET_OPTION',
      `Target ${name}: kind module needs module: a path, or the name of a package.`,
    )
  const file = findModule(module, folder)
  if (file === undefined) throw broken(`Target ${name}: there is no module ${module} from ${folder} on.`)
  const { default: exported } = await loadModule(file, 'target', 'ERR_TARGET_MODULE')
  const made: unknown = typeof exported === 'function' ? await make(exported, options, file) : exported
  const problem = targetProblem(made)
  if (problem === undefined) return made as Target
  throw broken(
    `What ${file} ${typeof exported === 'function' ? 'makes' : 'exports by default'} ${problem} (docs/writing-a-target.md).`,
  )
}

/** Calls a class with `new`, and any other function plainly. */
async function make(exported: unknown, options: object, file: string): Promise<unknown> {
  try {
    const factory = exported as ((options: object) => unknown) & (new (options: object) => unknown)
    return /^class\b/.test(String(factory)) ? new factory(options) : await factory(options)
  } catch (thrown) {
    throw broken(`${file} made no target: ${messageOf(thrown)}`, thrown)
  }
}

function broken(message: string, cause?: unknown): FlowbreakError {
  return new FlowbreakError('ERR_TARGET_MODULE', message, { cause })
}

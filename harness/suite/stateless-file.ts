import { FlowbreakError } from '../support/errors.ts'
import { reportIssues } from './issues.ts'
import { Problems } from './problems.ts'
import { readYaml } from './read.ts'
import { readStateless, type StatelessInput } from './stateless.ts'
import { stateless } from './stateless-schema.ts'

/**
 * Reads the stateless engine from a YAML or JSON file: the value of `stateless` in a suite's setup. Throws ERR_STATELESS
 * with every mistake as `file:line:column: sentence`.
 */
export function loadStateless(file: string): StatelessInput {
  const yaml = readYaml(file, 'ERR_STATELESS')
  const problems = new Problems(file, (path, on) => yaml.locate(path, on))
  const parsed = stateless.safeParse(yaml.value)
  if (parsed.success) {
    readStateless(parsed.data, [], problems.report)
    problems.throwIfAny('ERR_STATELESS')
    return parsed.data
  }
  reportIssues(parsed.error.issues, [], yaml.value, problems.report)
  problems.throwIfAny('ERR_STATELESS')
  throw new FlowbreakError('ERR_STATELESS', `${file} does not describe a stateless engine.`)
}

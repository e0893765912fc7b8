import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LoadedConfig } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { Secrets } from '../config/secrets.ts'
import { settingsOf } from '../config/settings.ts'
import { targetNamed } from '../config/targets.ts'
import { findSuites } from '../plan/find.ts'
import { rootsOf } from '../run/suites.ts'
import { counted } from '../support/counted.ts'
import { messageOf } from '../support/errors.ts'
import type { Finding } from './doctor-finding.ts'
import { PLACES, version } from './version.ts'

/** Whether what a configuration names can be used here, in the configuration that is named or the nearest one; nothing where there is none. */
export async function configurationFindings(
  named: string | undefined,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const config = await loadConfig(named).catch(messageOf)
  if (typeof config === 'string')
    return [
      {
        name: 'configuration',
        there: false,
        wrong: true,
        why: config,
        remedy: `correct ${named ?? 'it'} there`,
      },
    ]
  const { file, targets = {} } = config
  if (file === undefined) return []
  const findings: Finding[] = [
    { name: 'configuration', there: true, why: file, remedy: '' },
    ...suitesFinding(config),
    ...outputFinding(config),
  ]
  for (const name of Object.keys(targets)) findings.push(await targetFinding(name, config, signal))
  signal.throwIfAborted()
  return findings
}

/** Whether the target can be made, which starts the program of one of kind `process` and asks it what it can do. */
async function targetFinding(name: string, config: LoadedConfig, signal: AbortSignal): Promise<Finding> {
  const secrets = new Secrets()
  const found = { name: `target ${name}`, remedy: `correct it at ${config.place(['targets', name])}` }
  try {
    const target = await targetNamed(name, config, secrets, version(), signal)
    return {
      ...found,
      there: true,
      why: secrets.hide(`its options are in order (${target.capabilities.clock} clock)`),
    }
  } catch (thrown) {
    return { ...found, there: false, wrong: true, why: secrets.hide(messageOf(thrown)) }
  }
}

function suitesFinding(config: LoadedConfig): readonly Finding[] {
  const { suites } = settingsOf(config)
  if (suites === undefined) return []
  const found = { name: 'suites', remedy: `correct it at ${config.place(['suites'])}` }
  try {
    const files = findSuites(suites, rootsOf('suites', PLACES))
    return [{ ...found, there: true, why: `what run plays by default: ${counted(files.length, 'file')}` }]
  } catch (thrown) {
    return [{ ...found, there: false, wrong: true, why: messageOf(thrown) }]
  }
}

/** Whether the folder of run logs can be written, or be made in the nearest folder that there is. */
function outputFinding(config: LoadedConfig): readonly Finding[] {
  const { output } = settingsOf(config)
  if (output === undefined) return []
  let folder = output
  while (!existsSync(folder)) folder = dirname(folder)
  const found = { name: 'output', remedy: `correct it at ${config.place(['output'])}` }
  try {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`)
    accessSync(folder, constants.W_OK)
    return [{ ...found, there: true, why: `the logs of runs: ${output}` }]
  } catch (thrown) {
    return [
      { ...found, there: false, wrong: true, why: `${output} cannot be written (${messageOf(thrown)})` },
    ]
  }
}

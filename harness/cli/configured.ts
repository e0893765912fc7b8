import type { Command } from 'commander'
import type { LoadedConfig } from '../config/config.ts'
import { loadConfig, loadConfigFor } from '../config/load.ts'
import { Secrets } from '../config/secrets.ts'
import { settingsOf } from '../config/settings.ts'
import { targetNamed, touchedWhenMade } from '../config/targets.ts'
import type { Target } from '../model/target.ts'
import { version } from './version.ts'

/** What a command gets from a configuration. */
export interface Configured {
  readonly settings: ReturnType<typeof settingsOf>
  readonly secrets: Secrets
  /** The queue in it, and where it is written. */
  readonly queue: { readonly url: string; readonly folder: string; readonly place: string } | undefined
  /** Names of its targets. */
  readonly targets: readonly string[]
  /** The target of that name. */
  readonly target: (name: string, signal?: AbortSignal) => Promise<Target>
  /** Devices that may be touched while the target of that name is made, by their names in leases; undefined: none. */
  readonly touched: (name: string) => readonly string[] | undefined
  /** Runs `work`; errors that it throws are cleared of secrets. */
  readonly guard: <T>(work: () => Promise<T>) => Promise<T>
}

/** Adds the option that names a configuration to a command. */
export function configOption(command: Command): Command {
  return command.option(
    '--config <file>',
    'the configuration (default: the nearest flowbreak.config.ts, js, mjs, json or yaml)',
  )
}

/** Reads the named configuration, or else the nearest one. Throws ERR_CONFIG. */
export async function configured(named: string | undefined): Promise<Configured> {
  return settled(await loadConfig(named))
}

/** The same for a command that takes only these targets from it: the nearest one is not read if they are all the built-in reference. */
export async function configuredFor(
  targets: readonly string[],
  named: string | undefined,
): Promise<Configured> {
  return settled(await loadConfigFor(targets, named))
}

function settled(config: LoadedConfig): Configured {
  const secrets = new Secrets()
  return {
    settings: settingsOf(config),
    secrets,
    queue:
      config.queue === undefined
        ? undefined
        : { url: config.queue, folder: config.folder, place: config.place(['queue']) },
    targets: Object.keys(config.targets ?? {}),
    target: (name, until) => targetNamed(name, config, secrets, version(), until),
    touched: (name) => touchedWhenMade(name, config),
    guard: async (work) => {
      try {
        return await work()
      } catch (thrown) {
        throw secrets.hideError(thrown)
      }
    },
  }
}

/** The suites that a command line names, else those of the named configuration or the nearest one; none: all. Throws ERR_CONFIG. */
export async function suitesNamed(
  names: readonly string[],
  config: string | undefined,
): Promise<readonly string[]> {
  return names.length > 0 ? names : ((await configured(config)).settings.suites ?? [])
}

/** The targets of a configuration by name, each made only once, for callers that use a target several times. */
export function targetsOnce(config: Configured): (name: string) => Promise<Target> {
  const made = new Map<string, Promise<Target>>()
  return (name) => {
    const target = made.get(name) ?? config.target(name)
    made.set(name, target)
    return target
  }
}

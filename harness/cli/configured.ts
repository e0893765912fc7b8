import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { Secrets } from '../config/secrets.ts'
import { settingsOf } from '../config/settings.ts'
import { targetNamed, touchedWhenMade } from '../config/targets.ts'
import type { Target } from '../model/target.ts'
import { version } from './version.ts'

/** What a configuration gives to a command. */
export interface Configured {
  readonly settings: ReturnType<typeof settingsOf>
  readonly secrets: Secrets
  /** The queue that it names, and where. */
  readonly queue: { readonly url: string; readonly folder: string; readonly place: string } | undefined
  /** Names of its targets. */
  readonly targets: readonly string[]
  /** The target of that name. */
  readonly target: (name: string, signal?: AbortSignal) => Promise<Target>
  /** Devices that may be touched while the target of that name is made, as leases name them; undefined: none is. */
  readonly touched: (name: string) => readonly string[] | undefined
  /** Does something; what it throws has no secrets in it. */
  readonly guard: <T>(work: () => Promise<T>) => Promise<T>
}

/** Gives a command the option that names its configuration. */
export function configOption(command: Command): Command {
  return command.option(
    '--config <file>',
    'the configuration (default: the nearest flowbreak.config.ts, js, mjs, json or yaml)',
  )
}

/** Reads the configuration that is named, or the nearest one. Throws ERR_CONFIG. */
export async function configured(named: string | undefined): Promise<Configured> {
  const config = await loadConfig(named)
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

/** The targets of a configuration by name, each made once, for who has several uses of one. */
export function targetsOnce(config: Configured): (name: string) => Promise<Target> {
  const made = new Map<string, Promise<Target>>()
  return (name) => {
    const target = made.get(name) ?? config.target(name)
    made.set(name, target)
    return target
  }
}

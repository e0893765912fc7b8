import type { Transparency } from '../model/fields.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities, Session, Target } from '../model/target.ts'
import { type DeviceOptions, deviceCapabilities } from './device-options.ts'
import { configure, identify } from './hooks/configure.ts'
import { Hooks } from './hooks/hooks.ts'

/** Devices that somebody else brought up; what they are and how they are brought to a setup, hooks say and do. */
export abstract class DeviceTarget<Options extends DeviceOptions & { readonly hosts: readonly unknown[] }>
  implements Target
{
  readonly name: string
  readonly capabilities: Capabilities
  readonly transparency: Transparency | undefined
  protected readonly options: Options
  #version: string

  constructor(name: string, options: Options) {
    this.name = name
    this.#version = options.version
    this.options = options
    this.transparency = options.transparency
    this.capabilities = deviceCapabilities(options, options.hosts.length)
  }

  /** As the devices said, once they were asked. */
  get version(): string {
    return this.#version
  }

  abstract prepare(setup: Setup, signal: AbortSignal): Promise<Session>

  /** The hooks, after they have said what the devices are and brought them to the setup. Throws ERR_HOOK. */
  protected async configured(setup: Setup, signal: AbortSignal): Promise<Hooks> {
    const hooks = new Hooks(this.options.hooks)
    this.#version = (await identify(hooks, signal)) ?? this.#version
    await configure(hooks, setup, signal)
    return hooks
  }
}

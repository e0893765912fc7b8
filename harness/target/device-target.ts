import type { Transparency } from '../model/fields.ts'
import type { Setup } from '../model/setup.ts'
import type { AddressRanges, Capabilities, Session, Target } from '../model/target.ts'
import { type ControlEnds, drawControlEnds } from '../observe/live/control-ends.ts'
import { setupLacks } from '../plan/capabilities.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { BENCHMARKING } from './bounds.ts'
import { type DeviceOptions, deviceCapabilities } from './device-options.ts'
import { configure, identify } from './hooks/configure.ts'
import { Hooks } from './hooks/hooks.ts'

/** Devices that somebody else has set up; hooks tell what they are and configure them. */
export abstract class DeviceTarget<Options extends DeviceOptions & { readonly hosts: readonly unknown[] }>
  implements Target
{
  readonly name: string
  readonly capabilities: Capabilities
  readonly transparency: Transparency | undefined
  protected readonly options: Options
  readonly #addresses: AddressRanges
  #version: string

  /** `addresses`: those for cases and controls; `clock`: virtual if the devices are told the time. */
  constructor(
    name: string,
    options: Options,
    addresses: AddressRanges = BENCHMARKING,
    clock: Capabilities['clock'] = 'real',
  ) {
    this.name = name
    this.#addresses = addresses
    this.#version = options.version
    this.options = options
    this.transparency = options.transparency
    this.capabilities = deviceCapabilities(options, options.hosts.length, clock)
  }

  /** As the devices report it, once they have been asked. */
  get version(): string {
    return this.#version
  }

  /** Ends of the controls of one session. */
  protected drawnEnds(): ControlEnds {
    return drawControlEnds(this.#addresses)
  }

  abstract prepare(setup: Setup, signal: AbortSignal): Promise<Session>

  /** To be called before anything is asked of the devices. Throws ERR_TARGET_LACKS. */
  protected requireSetup(setup: Setup): void {
    const lacking = setupLacks(setup, this.capabilities)
    if (lacking !== undefined)
      throw new FlowbreakError(
        'ERR_TARGET_LACKS',
        `Target ${this.name} has no ${lacking}: its options say what its devices are set to.`,
        { exitCode: ExitCode.broken },
      )
  }

  /** The hooks, after they have identified the devices and set them to the setup. Throws ERR_HOOK. */
  protected async configured(setup: Setup, signal: AbortSignal): Promise<Hooks> {
    const hooks = new Hooks(this.options.hooks)
    this.#version = (await identify(hooks, signal)) ?? this.#version
    await configure(hooks, setup, signal)
    return hooks
  }
}

import type { ServerOptions } from '../run/queue/server.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'
import { type Configured, configOption, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { openQueue } from './queue-link.ts'
import { version } from './version.ts'

interface Options {
  readonly config?: string
  readonly queue?: string
  readonly target?: readonly string[]
  readonly appliance?: readonly string[]
  readonly once?: true
  readonly idle?: number
}

/** `flowbreak worker`: plays lots until it is ended; exit 0 on SIGTERM or if it has nothing more to do, 130 on Ctrl-C. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = configOption(
    newCommand('worker', 'Plays cases of runs on other machines (run --queue), until it is stopped.'),
  )
    .option('--queue <url>', 'the Redis of the runs, as for run --queue (default: as configured)', undefined)
    .option('--target <name>', 'a target that it plays on, as for run --target; may be repeated', repeatable)
    .option(
      '--appliance <name>',
      'a device that its targets drive, in addition to those that they name; of the workers that name a device, only one plays at a time; may be repeated',
      repeatable,
    )
    .option('--once', 'stop when the first run that it took part in is over')
    .option('--idle <seconds>', 'stop when there was nothing to play for this long', wholeNumber('--idle', 1))
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const config = await configured(options.config)
  return config.guard(() => serve(options, config, signal))
}

async function serve(options: Options, config: Configured, signal: AbortSignal): Promise<ExitCode> {
  const { target: names = [], once, idle, appliance: appliances = [] } = options
  if (names.length === 0)
    throw new FlowbreakError(
      'ERR_USAGE',
      'A worker needs at least one --target: see flowbreak worker --help.',
    )
  const url = options.queue ?? (config.queue === undefined ? undefined : 'config')
  if (url === undefined)
    throw new FlowbreakError('ERR_USAGE', 'A worker needs --queue, or a configuration with queue: redis://…')
  let isTerminated = false
  process.prependOnceListener('SIGTERM', () => {
    isTerminated = true
  })
  const targets = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const touched = config.touched(name)
      const devices = touched === undefined ? [] : [...touched, ...appliances]
      // A target that touches no device is made before the queue is opened, so that errors in it are reported first.
      return { name, devices, made: devices.length === 0 ? await config.target(name) : undefined }
    }),
  )
  const link = await openQueue(url, config)
  const [{ Server }, { Lease }] = await Promise.all([
    import('../run/queue/server.ts'),
    import('../run/queue/lease.ts'),
  ])
  const serving: ServerOptions = {
    flowbreak: version(),
    hide: (value) => config.secrets.hide(value),
    say: (sentence) => process.stderr.write(`flowbreak: ${sentence}\n`),
    appliances,
    once: once === true,
    idle,
  }
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const serveOne = async ({ name, devices, made }: (typeof targets)[number]): Promise<void> => {
    try {
      const target =
        made ?? (await new Lease(link, devices).during(stop, (until) => config.target(name, until)))
      await using server = new Server(link, target, serving)
      await server.run(stop)
    } catch (thrown) {
      if (stop.aborted && (thrown as Error).name === 'AbortError') return
      failed.abort(thrown)
      throw thrown
    }
  }
  try {
    const ended = await Promise.allSettled(targets.map(serveOne))
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  } finally {
    link.close()
  }
  return signal.aborted && !isTerminated ? ExitCode.interrupted : ExitCode.ok
}

import { isIPv4 } from 'node:net'
import { Appliance, type ApplianceTotals } from '../appliance/appliance.ts'
import type { Place } from '../appliance/listen.ts'
import type { ReturnTo } from '../appliance/returns.ts'
import { makeSetup } from '../suite/setup.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { GENEVE_PORT } from '../wire/tunnel/geneve.ts'
import { newCommand, parsed } from './command.ts'
import type { VerbContext } from './context.ts'
import { print } from './output.ts'
import { isTerminalClosed } from './own-terminal.ts'
import { firewallOptions, type SetupOptions, setupInputOf } from './setup-options.ts'

interface Options extends SetupOptions {
  readonly listen?: Place
  readonly health?: Place
  readonly clockScale: number | 'told'
  readonly return?: ReturnTo
  readonly json?: true
}

const LOOPBACK = '127.0.0.1'

/** `flowbreak appliance`: serves until it is ended; exit 0 on SIGTERM, 130 on Ctrl-C. SIGHUP empties its session table, unless its terminal was closed. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = newCommand(
    'appliance',
    'Serves the reference engine as an appliance behind a gateway load balancer (GENEVE), until it is stopped.',
  )
  firewallOptions(command)
    .option(
      '--listen <[address:]port>',
      `the UDP address and port to listen on; port 0 takes any free one (default ${LOOPBACK}:${GENEVE_PORT})`,
      placeOf('--listen'),
    )
    .option(
      '--health <[address:]port>',
      'where to answer health checks over TCP or HTTP; DELETE /sessions there empties the session table',
      placeOf('--health'),
    )
    .option(
      '--clock-scale <n>',
      'how many seconds of its time-outs pass in one second; told: it takes the time from the packets of the gateway (target geneve with clock: told)',
      scaleOf,
      1,
    )
    .option(
      '--return <whither>',
      'where packets go back: gateway, with ports unchanged, or sender, with ports swapped (default: gateway, unless both have the same address)',
      returnOf,
    )
    .option('--json', 'print one JSON object per line')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const setup = makeSetup({ ...(await setupInputOf(options)), hosts: 1 })
  const { health, clockScale, return: returnTo, json } = options
  const listen = options.listen ?? { address: LOOPBACK, port: GENEVE_PORT }
  await using appliance = await Appliance.start({ setup, listen, health, clockScale, returnTo })
  using _ = onHangUp(() => void appliance.reset())
  try {
    const ended = end(signal)
    print(startText(appliance, listen, health, json === true))
    await Promise.race([ended, appliance.failure])
    return ExitCode.ok
  } finally {
    print(totalsText(appliance.totals(), json === true))
  }
}

/** Does `work` on SIGHUP; but one that comes because the terminal of this process was closed interrupts, as it does every command. */
function onHangUp(work: () => void): Disposable {
  const others = process.listeners('SIGHUP')
  const take = () => {
    if (isTerminalClosed()) for (const other of others) other('SIGHUP')
    else work()
  }
  process.removeAllListeners('SIGHUP')
  process.on('SIGHUP', take)
  return { [Symbol.dispose]: () => void process.off('SIGHUP', take) }
}

/** Resolves on SIGTERM, and rejects on Ctrl-C. */
function end(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Before the general handlers, which take either signal for an interruption.
    process.prependOnceListener('SIGTERM', () => resolve())
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

function startText(appliance: Appliance, listen: Place, health: Place | undefined, json: boolean): string {
  const listening = `${listen.address}:${appliance.port}`
  const checks = health === undefined ? undefined : `${health.address}:${appliance.healthPort}`
  if (json) return `${JSON.stringify({ listening, ...(checks === undefined ? {} : { health: checks }) })}\n`
  return `listening on ${listening}\n${checks === undefined ? '' : `health checks on ${checks}\n`}`
}

function totalsText(totals: ApplianceTotals, json: boolean): string {
  if (json) return `${JSON.stringify(totals)}\n`
  return `${Object.entries(totals)
    .map(([name, count]) => `${name}=${count}`)
    .join(' ')}\n`
}

/** Reads `6081`, `127.0.0.1:6081` or `:6081`; ERR_USAGE otherwise. */
function placeOf(option: string): (text: string) => Place {
  return (text) => {
    const [, address = '', port = ''] = /^(?:([^:]*):)?(\d{1,5})$/.exec(text) ?? []
    if (port !== '' && Number(port) < 65_536 && (address === '' || isIPv4(address)))
      return { address: address === '' ? LOOPBACK : address, port: Number(port) }
    throw new FlowbreakError(
      'ERR_USAGE',
      `${option} takes a port, or an IPv4 address and a port as in ${LOOPBACK}:${GENEVE_PORT}, not ${text}.`,
    )
  }
}

function scaleOf(text: string): number | 'told' {
  if (text === 'told') return text
  const scale = Number(text)
  if (text.trim() !== '' && Number.isFinite(scale) && scale > 0) return scale
  throw new FlowbreakError('ERR_USAGE', `--clock-scale takes a number above 0, or told, not ${text}.`)
}

function returnOf(text: string): ReturnTo {
  if (text === 'gateway' || text === 'sender') return text
  throw new FlowbreakError('ERR_USAGE', `--return takes gateway or sender, not ${text}.`)
}

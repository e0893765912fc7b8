import { EveFile } from '../eve/file.ts'
import { EVE_FORMATS, EveOutput } from '../eve/output.ts'
import type { Setup } from '../model/setup.ts'
import { profileOf } from '../profile/index.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { ReferenceTaps } from '../target/reference/reference.ts'

interface EveOptions {
  readonly target: string
  readonly eve?: string
  readonly eveFormat?: string
}

/** An EVE file that is being written, and the taps that feed it. */
export interface OpenEve extends Disposable {
  readonly taps: ReferenceTaps
  /** Writes the rest to the file; ERR_EVE_FILE if that fails. */
  close(): void
}

/** Makes the EVE file that the options ask for. Disposal closes it. Throws ERR_USAGE and ERR_EVE_FILE. */
export function openEve(options: EveOptions, setup: Setup): OpenEve {
  const { eve, eveFormat = 'suricata', target } = options
  const format = EVE_FORMATS.find((word) => word === eveFormat)
  if (format === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      `--eve-format takes ${EVE_FORMATS.join(' or ')}, not ${eveFormat}.${didYouMean(eveFormat, EVE_FORMATS)}`,
    )
  if (eve === undefined)
    throw new FlowbreakError('ERR_USAGE', '--eve-format says how --eve FILE is written: give that too.')
  if (target !== 'reference')
    throw new FlowbreakError('ERR_USAGE', `--eve is written by the target reference, not by ${target}.`)
  if (profileOf(setup).knobs.tracker.value !== 'suricata')
    throw new FlowbreakError(
      'ERR_USAGE',
      `--eve tells of flows as Suricata keeps them, and profile ${setup.profile} keeps them otherwise: choose suricata-7 or aws-nfw.`,
    )
  const file = new EveFile(eve)
  const output = new EveOutput(setup.topology.hosts, format, (line) => file.line(line))
  return {
    taps: { records: output.records, alerts: output },
    close: () => file.close(),
    [Symbol.dispose]: () => file.close(),
  }
}

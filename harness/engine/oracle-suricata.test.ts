import { readFileSync } from 'node:fs'
import type { ExceptionPolicy } from '../model/setup.ts'
import { getProfile } from '../profile/index.ts'
import { CaptureRun } from '../target/suricata/capture-run.ts'
import type { ConfigurationExtras } from '../target/suricata/configuration.ts'
import type { Alert, EveReader } from '../target/suricata/eve.ts'
import type { SuricataSettings, SuricataTimeouts } from '../target/suricata/settings.ts'

/** Suricata hangs on some files rather than refuse them; seconds. */
const TIME_LIMIT = 300
/** Idle time-outs of Suricata's own file. */
const TIMEOUTS: SuricataTimeouts = {
  tcpNew: 60,
  tcpEstablished: 600,
  tcpClosed: 60,
  udpNew: 30,
  udpEstablished: 300,
  icmpNew: 30,
  icmpEstablished: 300,
  other: 30,
  otherEstablished: 300,
}

/** What real Suricata decided about a packet. */
export interface OracleVerdict {
  readonly verdict: number
  /** Empty where it was forwarded. Of a packet dropped for what is in it, the reason that that has. */
  readonly reason: string
}

export interface OracleRun {
  /** By packet. */
  readonly verdicts: readonly OracleVerdict[]
  /** In the order in which they were logged. */
  readonly alerts: readonly Alert[]
}

export interface OracleFrame {
  /** Nanoseconds since the epoch of the file. */
  readonly time: number
  readonly bytes: Uint8Array
}

export interface OracleOptions {
  /** Suricata accepts `drop` and `reject` only without `midstream`. */
  readonly exception: ExceptionPolicy
  readonly midstream?: boolean
  readonly asyncOneside?: boolean
  readonly dropInvalid?: boolean
  readonly timeouts?: Partial<SuricataTimeouts>
  readonly maxFlows?: number
  readonly rules?: readonly string[]
  /** Flow and netflow events too. */
  readonly flows?: true
}

/** Seconds since 1970 at which the frames' time is 0. */
export const ORACLE_EPOCH = 1_700_000_000

/** Runs Suricata inline over Ethernet frames, in order of time, and answers with its decision about each. */
export async function runSuricata(
  frames: readonly OracleFrame[],
  options: OracleOptions,
): Promise<OracleRun> {
  return decided(frames, options, (eve) => ({
    verdicts: frames.map((_, index) => ({ verdict: eve.verdicts[index] ?? 0, reason: eve.reasonOf(index) })),
    alerts: eve.alerts,
  }))
}

/** The same, and answers with the EVE log that it wrote. */
export async function suricataEve(frames: readonly OracleFrame[], options: OracleOptions): Promise<string> {
  return decided(frames, options, (_, path) => readFileSync(path, 'utf8'))
}

async function decided<T>(
  frames: readonly OracleFrame[],
  options: OracleOptions,
  read: (eve: EveReader, path: string) => T,
): Promise<T> {
  using run = new CaptureRun(BigInt(ORACLE_EPOCH) * 1_000_000_000n)
  for (const { time, bytes } of frames) run.add(time, bytes)
  const extras: ConfigurationExtras = { alerts: true, flows: options.flows === true }
  const eve = await run.decide({
    binary: 'suricata',
    settings: settingsOf(options),
    rules: options.rules ?? [],
    extras,
    timeout: TIME_LIMIT,
    signal: new AbortController().signal,
  })
  return read(eve, run.eve)
}

function settingsOf(options: OracleOptions): SuricataSettings {
  const { exception, midstream = false, asyncOneside = false, dropInvalid = true, timeouts } = options
  const { maxFlows = getProfile('suricata-7').knobs.maxFlows.value } = options
  return {
    exception,
    midstream,
    asyncOneside,
    dropInvalid,
    timeouts: { ...TIMEOUTS, ...timeouts },
    fragmentTimeout: 60,
    maxFlows,
    tunnels: true,
  }
}

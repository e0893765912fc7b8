import { FlowTable } from '../flow/table.ts'
import { nameOf, Reason, Verdict } from '../model/codes.ts'
import { getProfile, type Profile } from '../profile/index.ts'
import { Engine } from './engine.ts'
import { batchOf } from './oracle-cases.test.ts'
import { type OracleFrame, type OracleOptions, runSuricata } from './oracle-suricata.test.ts'

/** What became of one packet, in words: `forward`, `drop stream error`. */
export interface Judged {
  readonly ours: string
  readonly theirs: string
  readonly equal: boolean
}

/** The profile of Suricata 7 with what the options change. */
export function profileFor(options: OracleOptions): Profile {
  const suricata = getProfile('suricata-7')
  const { midstream = false, asyncOneside = false, dropInvalid = true, timeouts = {} } = options
  const { knobs } = suricata
  const seconds = (name: 'tcpNew' | 'tcpEstablished' | 'tcpClosed' | 'udpNew' | 'udpEstablished') => ({
    [name]: { ...knobs[name], value: timeouts[name] ?? knobs[name].value },
  })
  return {
    ...suricata,
    knobs: {
      ...knobs,
      ...seconds('tcpNew'),
      ...seconds('tcpEstablished'),
      ...seconds('tcpClosed'),
      ...seconds('udpNew'),
      ...seconds('udpEstablished'),
      continueMode: { ...knobs.continueMode, value: midstream ? 'pickup' : 'untracked' },
      asyncOneside: { ...knobs.asyncOneside, value: asyncOneside },
      dropInvalid: { ...knobs.dropInvalid, value: dropInvalid },
      maxFlows: { ...knobs.maxFlows, value: options.maxFlows ?? knobs.maxFlows.value },
    },
  }
}

/** The engine's verdicts and reasons about frames in order of time. */
export function decideAll(frames: readonly OracleFrame[], options: OracleOptions): string[] {
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  const policy = { exception: options.exception, ruleOrder: 'action', defaultActions: [] } as const
  const rules = options.rules ?? []
  new Engine({ profile: profileFor(options), policy, rules, hosts: 1 }).decide(batch, 0, batch.count)
  return frames.map((_, index) => words(batch.verdict[index] ?? 0, nameOf(Reason, batch.reason[index] ?? 0)))
}

/** Plays frames in order of time through real Suricata and the engine. */
export async function judge(frames: readonly OracleFrame[], options: OracleOptions): Promise<Judged[]> {
  const [{ verdicts }, ours] = await Promise.all([runSuricata(frames, options), decideAll(frames, options)])
  return verdicts.map(({ verdict, reason }, index) => {
    const own = ours[index] ?? ''
    const theirs = words(verdict, reason)
    const hidden = reason === '' && verdict !== Verdict.forward
    return { ours: own, theirs, equal: hidden ? own.startsWith(`${theirs} `) : own === theirs }
  })
}

function words(verdict: number, reason: string): string {
  const name = nameOf(Verdict, verdict)
  if (reason === 'flow memcap') return `${name} flow table full`
  return reason === '' || reason === 'none' ? name : `${name} ${reason}`
}

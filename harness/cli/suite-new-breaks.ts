import { type Draft, draftCases } from '../author/scaffold/draft.ts'
import { playedLadder, recordedLadder } from '../author/scaffold/ladder.ts'
import { candidatesOf, packetAt } from '../author/scaffold/positions.ts'
import { propose } from '../author/scaffold/propose.ts'
import { profileOf } from '../profile/index.ts'
import { parseInjections } from '../suite/injection-text.ts'
import { makeSetup } from '../suite/setup.ts'
import { parseDuration } from '../support/duration.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import type { Recorded } from '../timeline/recorded.ts'
import { agree, choose, FRAME, show, warn, write } from './ask.ts'

export interface Breaking {
  readonly recorded: Recorded
  readonly flows: readonly number[]
  /** The choices so far, without cases. */
  readonly draft: Draft
  readonly columns: number
  readonly signal: AbortSignal
}

const KINDS = [
  { value: 'host-swap', label: 'Its host is replaced', hint: 'host-swap' },
  { value: 'idle-gap', label: 'Nothing is sent for a while', hint: 'idle-gap' },
  { value: 'asymmetric-path', label: 'One direction takes another way', hint: 'asymmetric-path' },
  { value: 'own', label: 'Something else', hint: 'written as for replay --inject' },
] as const
type Kind = (typeof KINDS)[number]['value']

const RECORDED_LINES = 12
const EXCERPT = { before: 2, after: 5 }

/** Asks for injections until there are enough, and shows each as a ladder before it is accepted. */
export async function askForBreaks(breaking: Breaking): Promise<readonly string[]> {
  const { recorded, flows, columns } = breaking
  show(
    `Flow ${flows[0]} as it was recorded`,
    recordedLadder(recorded, flows[0] ?? 0, RECORDED_LINES, columns - FRAME),
  )
  const breaks: string[] = []
  do {
    const text = await askForBreak(breaking)
    if (breaks.includes(text)) warn(`${text} is chosen already.`)
    else if (await preview(breaking, text)) breaks.push(text)
  } while (breaks.length === 0 || (await agree('Another break? Each makes a case of its own.', false)))
  return breaks
}

async function askForBreak(breaking: Breaking): Promise<string> {
  const kind = await choose<Kind>('What breaks?', KINDS)
  if (kind === 'own')
    return write('Injections, as in host-swap@12:crash path-return@20', '', (text) => {
      parseInjections(text.split(/\s+/))
      return text
    })
  const at = await askForPosition(breaking)
  if (kind === 'host-swap') {
    const cause = await choose('How does the host leave?', [
      { value: '', label: 'It is drained', hint: 'as for an upgrade or a scale-in' },
      { value: ':crash', label: 'It crashes' },
      { value: ':unhealthy', label: 'It fails its health checks' },
    ])
    return `host-swap@${at}${cause}`
  }
  if (kind === 'idle-gap') {
    const gap = await write('How long is nothing sent?', idleOf(breaking.draft), (text) => {
      parseDuration(text)
      return text
    })
    return `idle-gap@${at}:${gap}`
  }
  const direction = await choose('Which direction?', [
    { value: 's2c', label: 'From server to client' },
    { value: 'c2s', label: 'From client to server' },
  ])
  const to = await choose('Which way does it take?', [
    { value: 'fw-b', label: 'By another host', hint: 'fw-b' },
    { value: 'bypass', label: 'Round the firewalls', hint: 'bypass' },
  ])
  return `asymmetric-path@${at}:${direction}=${to}`
}

/** Just longer than a session lives, in the profile and at the load balancer. */
function idleOf({ setup, policies: [policy] }: Draft): string {
  const made = makeSetup({ ...setup, policy })
  const { tcpEstablished } = profileOf(made).knobs
  const idle = made.policy.tcpIdle ?? tcpEstablished.value
  return `${Math.max(Number(idle) || 0, made.topology.loadBalancer.tcpIdle) + 50}s`
}

async function askForPosition({ recorded, flows }: Breaking): Promise<string> {
  const candidates = candidatesOf(recorded, flows)
  const own = { value: '', label: 'Another place', hint: 'a number, a time, or such as c2s:data#5' }
  const chosen =
    candidates.length === 0
      ? ''
      : await choose('Before which packet?', [
          ...candidates.map(({ text, packet }) => ({ value: text, label: text.padEnd(13), hint: packet })),
          own,
        ])
  if (chosen !== '') return chosen
  return write('Before which packet?', candidates[0]?.text ?? '1', (text) => {
    for (const flow of flows)
      if (packetAt(recorded, text, flow) === undefined)
        throw new FlowbreakError('ERR_POSITION', `Flow ${flow} has no such packet: choose another position.`)
    return text
  })
}

/** Plays the injection on the first flow and shows the results under each policy; returns whether it is accepted. */
async function preview({ flows, draft, columns, signal }: Breaking, text: string): Promise<boolean> {
  const [flow = 0] = flows
  try {
    const [proposal] = await propose({ ...draft, cases: draftCases([flow], [text]) }, signal)
    for (const { policy, trace } of proposal?.shots ?? [])
      show(`${text}, policy ${policy}`, playedLadder(trace, flow, EXCERPT, columns - FRAME))
  } catch (thrown) {
    if (!(thrown instanceof FlowbreakError) || signal.aborted) throw thrown
    warn(messageOf(thrown))
    return false
  }
  return agree('Take this break into the suite?')
}

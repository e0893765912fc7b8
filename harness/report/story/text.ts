import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import { alsoSeen } from '../also-seen.ts'
import { impactWords } from '../impact-words.ts'
import { packetWay, TIME } from '../ladder.ts'
import { type LadderLayout, ladderLayout } from '../ladder-layout.ts'
import { STYLES } from '../outcomes.ts'
import { painter } from '../paint.ts'
import { plain } from '../plain.ts'
import type { Screen } from '../screen.ts'
import { wrap, wrapLines } from '../wrap.ts'
import { rowFor } from './row.ts'
import type { Step } from './steps.ts'
import type { Story } from './story.ts'

const VERDICT_STYLE = {
  forward: 'green',
  drop: 'red',
  reject: 'magenta',
  answered: 'yellow',
  undecided: 'yellow',
} as const

type PacketStep = Step & { readonly kind: 'packet' }

/** A story for a terminal: what was done, a ladder, a table with reasons and expectations, the grade. `finished`: its case. */
export function storyText(story: Story, finished: CaseFinished, screen: Screen): string {
  const { trace } = finished
  const paint = painter(screen.colour)
  // What is piped is read by the line.
  const columns = screen.live ? screen.columns : Number.POSITIVE_INFINITY
  const heading = (text: string) => `\n${paint('bold', text)}`
  const { case: test, target, deeds, grade } = story
  const { mark, colour } = STYLES[grade.outcome]
  const lines = [
    `${paint(['bold', colour], `${mark} ${grade.outcome}`)} ${plain(test.name)} on ${plain(target.name)}`,
    wrap(plain(test.requirement), screen.columns, '  '),
    paint('dim', `  ${plain(test.file)}:${test.line}, capture ${plain(test.capture)}`),
    paint(
      'dim',
      `  policy ${test.policy}, profile ${plain(test.profile)}, sharing ${test.sharing ?? 'none'}, endpoints ${test.endpoints}; clock ${target.clock ?? 'unknown'}, version ${plain(target.version ?? 'unknown')}`,
    ),
    heading('What was done'),
    ...deeds.map(({ at, what }) => `${at.toFixed(3).padStart(TIME - 2)}  ${plain(what)}`),
  ]
  if (trace !== undefined) {
    const layout = ladderLayout(['client', ...trace.hosts, 'server'], columns)
    lines.push(
      heading('Ladder'),
      layout.heading,
      ...story.steps.flatMap((step) => ladderLines(step, trace, layout)),
      heading('Packet by packet'),
      ...table(story.steps, columns, paint),
    )
  }
  lines.push(heading('Grade'), ...gradeLines(story, finished, screen))
  return `${wrapLines(lines.join('\n'), columns)}\n`
}

function ladderLines(step: Step, trace: CaseTrace, layout: LadderLayout): readonly string[] {
  switch (step.kind) {
    case 'phase':
      return [layout.aside(`-- ${plain(step.name)} --`)]
    case 'event':
      return [`${stamp(step.time)}  == ${plain(step.what)}`]
    case 'control':
      return []
    case 'emitted':
      return [`${stamp(step.time)}  == ${step.by} sends ${replyName(step.what)} to ${step.to}`]
    case 'packet': {
      const { way, label, back } = packetWay(trace, step.index)
      return [
        layout.packet(step.time.toFixed(6), way, label),
        ...back.map((each) => layout.packet('', each.way, each.label)),
      ]
    }
  }
}

function table(
  steps: readonly Step[],
  columns: number,
  paint: ReturnType<typeof painter>,
): readonly string[] {
  const entries = steps.some((step) => step.kind === 'packet' && step.entry !== undefined)
  const why = `why${entries ? ', and what the host then holds' : ''}`
  const heads = { time: 'time', number: '#', flow: 'flow', direction: 'dir', packet: 'packet', by: 'by' }
  const rows = [rowFor(columns, { ...heads, verdict: 'verdict', why }, (text) => text)]
  const row = (time: number, cells: readonly string[], style: keyof typeof VERDICT_STYLE, rest: string) => {
    const [number = '', flow = '', direction = '', packet = '', by = ''] = cells
    const told = { time: time.toFixed(6), number, flow, direction, packet, by, verdict: style, why: rest }
    return rowFor(columns, told, (text) => paint(VERDICT_STYLE[style], text))
  }
  for (const step of steps)
    switch (step.kind) {
      case 'phase':
        rows.push(paint('bold', `-- ${plain(step.name)} --`))
        break
      case 'event':
        rows.push(`${stamp(step.time)}      = ${plain(step.what)}`)
        break
      case 'control':
        rows.push(row(step.time, ['ctl', '', step.direction, step.what, step.to], step.verdict, ''))
        break
      case 'emitted':
        rows.push(
          `${stamp(step.time)}      * ${step.by} sends ${replyName(step.what)} seq=${step.seq} ack=${step.ack} to ${step.to}`,
        )
        break
      case 'packet':
        rows.push(
          row(
            step.time,
            [
              step.packet === undefined ? '+' : `${step.packet}`,
              step.flow < 0 ? '-' : `${step.flow}`,
              step.direction,
              step.what,
              step.by,
            ],
            step.verdict ?? 'undecided',
            whyOf(step, paint),
          ),
        )
    }
  return rows
}

function whyOf(step: PacketStep, paint: ReturnType<typeof painter>): string {
  const { reason, entry, expected, emitted, parts, to, by, verdict } = step
  const words = [
    ...(verdict === undefined ? ['not run'] : []),
    ...(reason === undefined ? [] : [reason]),
    ...(to === by ? [] : [`sent to ${to}`]),
    ...emitted.map(
      ({ what, seq, ack, to: whom, acceptable }) =>
        `${replyName(what)}${what === 'tcp-rst' ? ` seq=${seq} ack=${ack}` : ''} to ${whom}${acceptable ? '' : ', which it would not take'}`,
    ),
    ...parts,
    ...(entry === undefined ? [] : [`holds: ${entry}`]),
  ].join('; ')
  if (expected === undefined || expected.met) return plain(words)
  return `${plain(words)}  ${paint('red', `expected ${plain(expected.is)}`)}`
}

function gradeLines(story: Story, finished: CaseFinished, { columns, colour }: Screen): readonly string[] {
  const paint = painter(colour)
  const { outcome, detail, attempt, durationMs, tally, mismatches, controls, impact, counters } = story.grade
  const held = Object.entries(tally)
    .filter(([, { checked }]) => checked > 0)
    .map(([level, { met, checked }]) => `${level} ${met} of ${checked}`)
  const lines = [
    `  ${outcome} after ${attempt === 1 ? 'one attempt' : `${attempt} attempts`} in ${(durationMs / 1000).toFixed(3)} s; as expected: ${held.join(', ') || 'nothing was held against anything'}`,
  ]
  if (detail !== undefined) lines.push(wrap(plain(detail), columns, '  '))
  for (const { level, message, provenance } of mismatches)
    lines.push(
      paint('red', wrap(plain(message), columns, '  ')),
      paint('dim', wrap(plain(`${level}: ${provenance.mark}, ${provenance.where}`), columns, '    ')),
    )
  const known = Object.entries(finished.knowledge ?? {}).map(([word, count]) => `${word} ${count}`)
  if (known.length > 0) lines.push(`  verdicts known by: ${known.join(', ')}`)
  if (controls !== undefined)
    lines.push(
      `  controls: ${controls.out} of ${controls.sent} came out${controls.dead.length > 0 ? `; dead: ${controls.dead.join(', ')}` : ''}`,
    )
  if (impact !== undefined) lines.push(`  impact: ${impactWords(impact)}`)
  const seen = alsoSeen(finished)
  if (seen.length > 0) lines.push(wrap(plain(`also seen: ${seen.join('; ')}`), columns, '  '))
  for (const [at, each] of counters.entries()) {
    const counted = Object.entries(each).filter(([, value]) => value !== 0)
    const whose = finished.trace?.hosts[at] ?? 'load balancer'
    if (counted.length > 0)
      lines.push(
        wrap(`${whose}: ${counted.map(([name, value]) => `${name}=${value}`).join(' ')}`, columns, '  '),
      )
  }
  if (story.evidence !== undefined) lines.push(`  evidence ${plain(story.evidence)}`)
  if (story.collected !== undefined) lines.push(`  collected ${plain(story.collected)}`)
  return lines
}

function replyName(what: 'tcp-rst' | 'icmp'): string {
  return what === 'tcp-rst' ? 'RST' : 'ICMP'
}

function stamp(seconds: number): string {
  return seconds.toFixed(6).padStart(TIME - 2)
}

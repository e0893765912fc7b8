import { verdictOfLetter } from '../../grade/letters.ts'
import { deciderName, expectedWords } from '../../grade/packets.ts'
import type { CaseResult } from '../../log/cases.ts'
import { EVIDENCE_LOG } from '../../log/evidence.ts'
import type { Expectation } from '../../model/case.ts'
import { nameOf, Reason } from '../../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import { differenceWords, firstDifference } from '../../report/first-difference.ts'
import { mdCode, mdTable, mdText } from '../../report/markdown-text.ts'
import { contentWords, hostName } from '../../report/packet-words.ts'
import type { CaseFrames } from './frames.ts'
import { armFile } from './script.ts'

/** Packets that the page's table shows; `case.json` has all. */
const ROWS = 400

const SOURCES: Readonly<Record<CaseFrames['source'], string>> = {
  capture:
    '*sent*: into the arm, as recorded. *seen*: out of it, by the verdicts that were observed; the bytes are those that were sent.',
  offered:
    '*sent*: into the arm, as it was offered, packets of the test among them. *seen*: out of it: what was forwarded, with the bytes that were sent, and what the device emitted.',
  wires: '*sent* and *seen*: the frames that were on the wires, without those that only proved a road alive.',
}

/** What is known of the device and the run. */
export interface Device {
  readonly target: string
  readonly version: string
  readonly flowbreak: string
  readonly run: string
  /** What its devices had recorded of the replay; absent: they were not asked. */
  readonly said?: string | undefined
}

/** The page of a folder for a vendor's support: what was expected and by which document, what was observed, and how to see it again. */
export function bugPage(
  result: CaseResult & { readonly finished: CaseFinished },
  trace: CaseTrace,
  frames: CaseFrames,
  device: Device,
): string {
  const { case: test, outcome, finished } = result
  const first = firstDifference(result) ?? finished.mismatches[0]
  return `${[
    `# ${mdText(test.requirement)}`,
    `Case ${mdCode(test.name)} on ${mdText(device.target)} ${mdText(device.version)}: **${outcome}**.${result.detail === undefined ? '' : ` ${mdText(result.detail)}`}`,
    '## First difference',
    first === undefined
      ? 'No verdict differs from what was expected.'
      : `${mdText(differenceWords(first, trace))}. This rests on ${mdText(`${first.provenance.where} (${first.provenance.mark})`)}.`,
    '## Expected',
    test.expectations.map(expectationItem).join('\n'),
    '## Device',
    [
      `- ${mdText(device.target)}, version ${mdText(device.version)}; hosts ${trace.hosts.map(mdText).join(', ')}`,
      `- exception policy ${mdText(test.policy)}, held to profile ${mdText(test.profile)}`,
      ...Object.entries(test.axes).map(([axis, value]) => `- ${mdText(axis)}: ${mdText(value)}`),
      ...trace.flows.map(
        ({ protocol, client, server }, flow) =>
          `- flow ${flow}: ${mdText(protocol)}, client ${mdText(client)}, server ${mdText(server)}`,
      ),
      ...(device.said === undefined
        ? []
        : [`- ${mdCode(EVIDENCE_LOG)}: what its own logs had after the replay`]),
    ].join('\n'),
    '## Observed',
    packetTable(trace),
    ...(trace.emitted.length === 0 ? [] : [emittedList(trace)]),
    '## See it again',
    'No flowbreak is needed: `replay.sh` sends with tcpreplay what was sent into each arm, at the same times, and says when something happened to a host. The captures are classic pcap.',
    mdTable([
      ['file', 'frames'],
      ...frames.arms.flatMap((arm) =>
        (['sent', 'seen'] as const).map((way) => [mdCode(armFile(arm, way)), String(arm[way].length)]),
      ),
    ]),
    SOURCES[frames.source],
    ...(frames.made.length === 0
      ? []
      : [
          `${frames.made.length} packets that the test made itself are in the table (number 0), and in no file.`,
        ]),
    `Run ${mdCode(device.run)} of flowbreak ${mdText(device.flowbreak)}; \`case.json\` is what its log has of the case, and values that its configuration took from the environment are not in it.`,
  ].join('\n\n')}\n`
}

function expectationItem(expectation: Expectation): string {
  const { level, provenance } = expectation
  const rests = `${level}: ${provenance.mark}, ${provenance.where}`
  if (expectation.kind === 'packets') {
    const { phase, direction, which } = expectation
    const of =
      typeof which === 'number' ? `packet ${which}` : which === 'all' ? 'every packet' : `${which} packets`
    return `- ${mdText(`${phase}, ${direction ?? 'both ways'}, ${of}: ${expectedWords(expectation)}`)} — ${mdText(rests)}`
  }
  const words =
    expectation.kind === 'counter'
      ? `counter ${expectation.counter}${expectation.host === undefined ? '' : ` of ${expectation.host}`} grows by ${expectation.equals}`
      : expectation.kind === 'expiry-resets'
        ? `${expectation.equals} resets at expiry to the ${expectation.to}`
        : expectation.kind === 'unaltered'
          ? `${expectation.fields.join(', ')} come out unaltered`
          : `the connection is ${expectation.conforms.join(' or ')}`
  return `- ${mdText(words)} — ${mdText(rests)}`
}

function packetTable(trace: CaseTrace): string {
  const rows: string[][] = []
  let next = 0
  for (let index = 0; index < Math.min(ROWS, trace.number.length); index++) {
    for (
      let event = trace.events[next];
      event !== undefined && event.before <= index;
      event = trace.events[++next]
    )
      rows.push(['', seconds(event.time), '', `**${mdText(event.label)}**`, '', '', ''])
    const verdict = verdictOfLetter(trace.verdict[index]) ?? 'not run'
    const reason = trace.reason[index] ?? 0
    rows.push([
      String(trace.number[index] ?? 0),
      seconds(trace.time[index] ?? 0),
      trace.direction[index] === '<' ? 's2c' : 'c2s',
      contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0),
      mdText(hostName(trace.hosts, trace.host[index] ?? 0)),
      verdict === 'forward' ? verdict : `**${verdict}**`,
      mdText(`${deciderName(trace, index)}${reason === 0 ? '' : `, ${nameOf(Reason, reason)}`}`),
    ])
  }
  const left = trace.number.length - ROWS
  return [
    mdTable([['packet', 'time (s)', 'way', 'carries', 'host', 'verdict', 'by'], ...rows], 7),
    ...(left > 0 ? [`\n… ${left} more packets: \`case.json\` has them.`] : []),
  ].join('\n')
}

function emittedList({ emitted, hosts, number }: CaseTrace): string {
  return emitted
    .slice(0, 40)
    .map(({ index, kind, to, by, seq, ack, acceptable }) => {
      const about = index < 0 ? 'that no packet caused' : `about packet ${number[index] ?? 0}`
      const numbers = kind === 'tcp-rst' ? ` seq ${seq} ack ${ack},` : ''
      return `- ${mdText(hostName(hosts, by))} sent the ${to} a ${kind} ${about},${numbers} which it ${acceptable ? 'accepts' : 'ignores'}`
    })
    .join('\n')
}

function seconds(micros: number): string {
  return (micros / 1e6).toFixed(6)
}

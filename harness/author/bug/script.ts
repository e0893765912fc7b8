import type { CaseTrace } from '../../model/run-log.ts'
import { plain } from '../../report/plain.ts'
import type { Arm } from './frames.ts'

/** The file of an arm's frames. */
export function armFile({ host, side }: Arm, way: 'sent' | 'seen'): string {
  return `${host.replaceAll(/[^\w-]/g, '_')}-${side}-${way}.pcap`
}

/**
 * `replay.sh`: sends what was sent into each arm, by tcpreplay, at the times of the case, and says when something must be done to a
 * host. The interfaces are its arguments, one for each arm.
 */
export function replayScript(arms: readonly Arm[], events: CaseTrace['events']): string {
  const sending = arms.filter(({ sent }) => sent.length > 0)
  const names = sending.map(({ host, side }) => `${host} ${side}`)
  const words = sending.map((_, at) => `INTERFACE_${at + 1}`)
  const lines = sending.map((arm, at) => {
    const first = (arm.sent[0]?.at ?? 0) / 1e9
    return `( sleep ${first.toFixed(6)}; exec tcpreplay --quiet --intf1="$${at + 1}" ${quoted(armFile(arm, 'sent'))} ) &`
  })
  const told = events.map(
    ({ time, label }) => `( sleep ${(time / 1e6).toFixed(6)}; echo ${quoted(`now: ${plain(label)}`)} ) &`,
  )
  return [
    '#!/bin/sh',
    '# Sends what was sent, at the same times. Needs tcpreplay, and root for raw sending.',
    ...names.map((name, at) => `# ${words[at]}: where what is sent arrives at ${plain(name)}`),
    'set -eu',
    'cd "$(dirname "$0")"',
    `if [ "$#" -ne ${sending.length} ]; then echo ${quoted(`usage: ./replay.sh ${words.join(' ')}`)} >&2; exit 2; fi`,
    ...lines,
    ...told,
    'wait',
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

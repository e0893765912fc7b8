import { parsePosition } from '../../suite/position.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { placeInjections } from '../../timeline/compile.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { packetText } from './propose.ts'

/** A position that all of some flows have, and the packet that it names in the first of them. */
export interface Candidate {
  readonly text: string
  readonly packet: string
}

/** Where connections are broken most often: the middle of an exchange first, then from the opening to the end. */
const TCP = [
  ...['c2s:data#2', 's2c:data#2', 'c2s:data', 's2c:data', 'c2s:data#3', 's2c:data#3'],
  ...['syn-ack', 'handshake-ack', 'established', 'c2s:ack', 's2c:ack', 'fin', 'rst'],
]
const OTHER = ['any#2', 'c2s:any', 's2c:any', 'c2s:any#2', 's2c:any#2', 'any#3']

/** The positions that every one of the flows has, and each packet once. */
export function candidatesOf(recorded: Recorded, flows: readonly number[]): readonly Candidate[] {
  const isTcp = flows.every((flow) => flow >= 0 && recorded.flows.info(flow).protocol === 'tcp')
  const seen = new Set<string>()
  return (isTcp ? TCP : OTHER).flatMap((text): Candidate[] => {
    const packets = flows.map((flow) => packetAt(recorded, text, flow))
    const key = packets.join()
    const [first] = packets
    if (first === undefined || packets.includes(undefined) || seen.has(key)) return []
    seen.add(key)
    return [{ text, packet: packetText(recorded, first) }]
  })
}

/** The number of the packet that a position names; undefined where the flow has none. Throws ERR_POSITION_SYNTAX. */
export function packetAt(recorded: Recorded, text: string, flow: number): number | undefined {
  const at = parsePosition(text)
  try {
    const [place] = placeInjections(
      recorded,
      [{ kind: 'path-return', label: 'path-return', at }],
      flow < 0 ? undefined : flow,
    )
    return place?.packet
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) return undefined
    throw thrown
  }
}

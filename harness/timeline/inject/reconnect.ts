import type { Injection } from '../../model/case.ts'
import { Verdict } from '../../model/codes.ts'
import { readdress } from '../../wire/forge.ts'
import type { Item, Timed } from '../items.ts'
import type { InjectionContext } from './context.ts'

/** The first client port of reconnects: in the range of ephemeral ports, and not used in our recordings. */
export const FIRST_PORT = 50_000

/**
 * The client gives the connection up and opens a new one, which carries the recorded conversation from its beginning with new
 * initial sequence numbers on both sides. With `when`: only if the packet before got one of those verdicts.
 */
export function reconnect(
  injection: Extract<Injection, { kind: 'reconnect' }>,
  context: InjectionContext,
): void {
  const recorded = context.recordedFlow()
  const count = Math.min(injection.packets ?? recorded.count, recorded.count)
  const port = injection.tuple === 'same' ? undefined : FIRST_PORT + (context.random() % 10_000)
  const isn = [context.random(), context.random()] as const
  const begin = context.now + injection.delay
  const first = recorded.time[0] ?? 0
  const then: Timed[] = [
    { at: context.now, item: { type: 'silence', flow: context.flow } },
    { at: begin, item: { type: 'phase', label: injection.label } },
  ]
  let flow = context.flow
  for (let i = 0; i < count; i++) {
    const direction = recorded.direction[i] ?? 0
    const frame = recorded.copyFrame(i)
    const link = recorded.link[i] ?? 0
    const client = port === undefined ? {} : { port }
    const change = {
      ...(direction === 0 ? { source: client } : { destination: client }),
      seqDelta: isn[direction === 0 ? 0 : 1],
      ackDelta: isn[direction === 0 ? 1 : 0],
    }
    readdress(frame, link, change, recorded.tunnels)
    if (i === 0 && port !== undefined) flow = context.newFlow(frame, link)
    const item: Item = {
      type: 'frame',
      frame,
      link,
      number: 0,
      original: recorded.original[i] ?? frame.length,
      flow,
      direction,
      recorded: false,
    }
    then.push({ at: begin + (recorded.time[i] ?? 0) - first, item })
  }
  if (injection.when === undefined) for (const { item, at } of then) context.put(item, at)
  else
    context.put({
      type: 'guard',
      flow: context.flow,
      verdicts: injection.when.map((name) => Verdict[name]),
      then,
    })
}

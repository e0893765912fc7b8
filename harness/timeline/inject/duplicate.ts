import type { Injection } from '../../model/case.ts'
import { Direction } from '../../model/codes.ts'
import { FlowbreakError } from '../../support/errors.ts'
import type { InjectionContext } from './context.ts'

/** Offers the last packet of a direction once more, byte for byte, as a network that duplicates packets does. */
export function duplicate(
  injection: Extract<Injection, { kind: 'duplicate' }>,
  context: InjectionContext,
): void {
  const direction = Direction[injection.direction]
  const last = context.cursor.template(direction)
  if (last === undefined)
    throw new FlowbreakError(
      'ERR_INJECTION_DUPLICATE',
      `${injection.label} finds no packet of ${injection.direction} before it: choose a later packet.`,
    )
  context.put({
    type: 'frame',
    frame: last.bytes.slice(),
    link: last.link,
    number: 0,
    original: last.bytes.length,
    flow: context.flow,
    direction,
    recorded: false,
  })
}

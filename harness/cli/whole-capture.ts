import type { Damage } from '../model/capture.ts'
import { FlowbreakError } from '../support/errors.ts'

/**
 * Checks that a capture was read as a whole, after its readable part was replayed: ERR_CAPTURE_DAMAGED if it stops being
 * readable, ERR_CAPTURE_LINK if some of its frames are of a kind that is not read.
 */
export function checkWhole(
  read: {
    readonly capture: string
    readonly damage: Damage | undefined
    /** Names of link types. */
    readonly unread: readonly string[]
  },
  done: 'replayed' | 'compared',
): void {
  const { damage, unread } = read
  const name = read.capture === '-' ? 'Standard input' : read.capture
  if (damage !== undefined)
    throw new FlowbreakError(
      'ERR_CAPTURE_DAMAGED',
      `${name} is damaged at byte ${damage.offset} (${damage.reason}): the packets before it were ${done}.`,
    )
  if (unread.length > 0)
    throw new FlowbreakError(
      'ERR_CAPTURE_LINK',
      `${name} has frames of a kind that is not read (${unread.join(', ')}), which were ${done} as what is not IP: record at an Ethernet interface.`,
    )
}

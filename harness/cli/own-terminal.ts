import { closeSync, fstatSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'

const STANDARD = [0, 1, 2]
/** Those of them that are terminals as the process begins. */
const TERMINALS = STANDARD.filter((fd) => isDevice(fd) && isatty(fd))

/** Whether what is said on standard error appears at a terminal. */
export function speaksToTerminal(): boolean {
  return TERMINALS.includes(2)
}

/** Whether this process had a terminal, and that was closed. */
export function isTerminalClosed(): boolean {
  return TERMINALS.length > 0 && !TERMINALS.some(isatty)
}

/** Whether standard input was read from a terminal that was closed, which ends what is read before the signal for it arrives. */
export function isInputClosed(): boolean {
  if (!TERMINALS.includes(0) || !isTerminalClosed()) return false
  try {
    const { readableEnded, errored } = process.stdin
    return readableEnded || errored !== null
  } catch {
    // Nobody has read it, and what is closed cannot be opened.
    return false
  }
}

/** Lets a terminal go that was closed: Node sets it back as it ends, and aborts if it cannot. */
export function leaveClosedTerminal(): void {
  if (isTerminalClosed()) for (const fd of TERMINALS) closeSync(fd)
}

/** A device other than the one that swallows everything: only then it is worth loading what knows terminals. */
function isDevice(fd: number): boolean {
  try {
    const { rdev } = fstatSync(fd)
    return rdev !== 0 && rdev !== statSync('/dev/null').rdev
  } catch {
    return false
  }
}

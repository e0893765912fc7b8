import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

const STANDARD = [0, 1, 2]
/** Those of them that are terminals as the process begins. */
const TERMINALS = STANDARD.filter(isatty)

/** Whether this process had a terminal, and that was closed. */
export function isTerminalClosed(): boolean {
  return TERMINALS.length > 0 && !TERMINALS.some(isatty)
}

/** Lets a terminal go that was closed: Node sets it back as it ends, and aborts if it cannot. */
export function leaveClosedTerminal(): void {
  if (isTerminalClosed()) for (const fd of TERMINALS) closeSync(fd)
}

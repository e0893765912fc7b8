import type { Command, Help, HelpConfiguration } from 'commander'
import { hang, wrap } from '../report/wrap.ts'

const INDENT = '  '
const SPACE = 2
const TITLE = 'Usage: '

/** Help for a screen of `columns` characters: where descriptions would be too narrow beside their options, they stand below them. */
export function helpFor(columns: number): HelpConfiguration {
  return {
    commandUsage: (command) => {
      const usage = `flowbreak ${fullName(command)} ${command.usage()}`
      return wrap(usage, columns - TITLE.length).replaceAll('\n', `\n${' '.repeat(TITLE.length)}`)
    },
    ...(columns === Number.POSITIVE_INFINITY ? {} : { formatItem: itemFor(columns) }),
  }
}

function itemFor(columns: number): Help['formatItem'] {
  return function item(this: Help, term, termWidth, description) {
    const head = INDENT + term.padEnd(termWidth + SPACE)
    if (description === '') return wrap(term, columns, INDENT)
    return columns - head.length >= this.minWidthToWrap
      ? hang(head, description, columns)
      : `${wrap(term, columns, INDENT)}\n${wrap(description, columns, INDENT.repeat(3))}`
  }
}

/** The words by which a command is called, after `flowbreak`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

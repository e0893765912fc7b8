import type { Command } from 'commander'
import { reportSchemaText } from '../report/json-schema.ts'
import { newCommand } from './command.ts'
import { print } from './output.ts'

/** `flowbreak report schema` */
export function schemaCommand(): Command {
  return newCommand('schema', 'Prints the JSON schema of the json report.').action(() =>
    print(reportSchemaText()),
  )
}

import { Knowledge } from '../../model/codes.ts'
import type { Capabilities } from '../../model/target.ts'
import { isRecord } from '../../support/record.ts'
import { capabilitiesProblem, shown } from '../shape.ts'
import { printable } from './lines.ts'
import { PROTOCOL } from './messages.ts'
import type { Program } from './program.ts'

/** A program's introduction. */
export interface Hello {
  readonly name: string
  readonly version: string
  readonly capabilities: Capabilities
  /** A `Knowledge` code: how it knows its verdicts, unless it says otherwise. */
  readonly knowledge: number
}

/** The words of programs for how a verdict is known. */
export const KNOWN: Readonly<Record<string, number>> = {
  self: Knowledge.self,
  log: Knowledge.log,
  wire: Knowledge.wire,
}

/** The answer to a request, which must be a JSON object and not a refusal. */
export async function request(
  program: Program,
  message: { readonly type: string; readonly [key: string]: unknown },
  limit: number,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const line = await program.ask(JSON.stringify(message), message.type, limit, signal)
  let answer: unknown
  try {
    answer = JSON.parse(line)
  } catch {
    program.refuse(`answered ${message.type} with something that is not JSON: ${printable(shown(line))}`)
  }
  if (!isRecord(answer))
    program.refuse(`answered ${message.type} with ${shown(answer)}, which is not a JSON object`)
  if (typeof answer.error === 'string')
    program.refuse(`refused ${message.type}: ${printable(answer.error)}`, 'ERR_TARGET_REFUSED')
  if (answer.type !== message.type)
    program.refuse(`was asked ${message.type}, and its answer has the type ${printable(shown(answer.type))}`)
  return answer
}

/** Asks a program that was just started who it is. */
export async function introduce(
  program: Program,
  flowbreak: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Hello> {
  const answer = await request(program, { type: 'hello', protocol: PROTOCOL, flowbreak }, limit, signal)
  const { protocol, name, version, capabilities, knowledge = 'self' } = answer
  if (protocol !== PROTOCOL)
    program.refuse(
      `speaks version ${shown(protocol)} of the protocol, and this flowbreak speaks ${PROTOCOL}`,
      'ERR_TARGET_VERSION',
    )
  if (typeof name !== 'string' || typeof version !== 'string')
    program.refuse('introduced itself without a name and a version, which are to be texts')
  const problem = capabilitiesProblem(capabilities)
  if (problem !== undefined) program.refuse(printable(problem))
  const known =
    typeof knowledge === 'string' && Object.hasOwn(KNOWN, knowledge) ? KNOWN[knowledge] : undefined
  if (known === undefined)
    program.refuse(`knows its verdicts by ${printable(shown(knowledge))}: it is to be self, log or wire`)
  return {
    name: printable(name),
    version: printable(version),
    capabilities: capabilities as unknown as Capabilities,
    knowledge: known,
  }
}

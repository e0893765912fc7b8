import { readFileSync } from 'node:fs'
import { messageOf } from '../../support/errors.ts'

/** Larger bootstrap files are not read. */
const MOST_BYTES = 65_536

/**
 * Why a VM-Series that boots with this `init-cfg.txt` has no session resiliency, in one sentence; undefined: it has. Lines are
 * `key=value` (VM-Series deployment guide, session resiliency: init-cfg.txt).
 */
export function initCfgProblem(file: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    return `${file} cannot be read (${messageOf(thrown)}): name the init-cfg.txt that the firewalls boot with.`
  }
  if (text.length > MOST_BYTES)
    return `${file} is not an init-cfg.txt: it is longer than ${MOST_BYTES} bytes.`
  const values = valuesOf(text)
  const commands = (values.get('plugin-op-commands') ?? '').split(',').map((command) => command.trim())
  if (!commands.includes('set-sess-ress:True'))
    return `${file} has no set-sess-ress:True among its plugin-op-commands, without which a VM-Series shares no sessions: add it.`
  const endpoint = values.get('redis-endpoint')
  if (endpoint === undefined)
    return `${file} does not set redis-endpoint, from which a VM-Series takes its sessions: write redis-endpoint=host:port.`
  return hasPort(endpoint)
    ? undefined
    : `${file} has redis-endpoint=${endpoint}, but a VM-Series needs host:port: add the port.`
}

/** Whether a text is `host:port`. */
export function hasPort(text: string): boolean {
  const [, port] = /^[^\s:/]+:(\d{1,5})$/.exec(text) ?? []
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536
}

function valuesOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=')
    if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim())
  }
  return values
}

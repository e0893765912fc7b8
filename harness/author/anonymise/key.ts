import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { FlowbreakError, reasonOf } from '../../support/errors.ts'
import { KEY_BYTES } from './prefix-cipher.ts'

/** A key that nobody knows: what is anonymised with it cannot be told from captures that were with another. */
export function freshKey(): Uint8Array {
  return randomBytes(KEY_BYTES)
}

/** Whether others than its owner can read it: whoever has a key can tell real addresses. */
export function isOpenToOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o044) !== 0
}

/** Reads a key of 64 hexadecimal digits. Throws ERR_ANONYMISE_KEY. */
export function readKey(path: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (thrown) {
    throw new FlowbreakError(
      'ERR_ANONYMISE_KEY',
      `The key ${path} cannot be read (${reasonOf(thrown)}): check the path.`,
    )
  }
  if (/^[\da-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'))
  throw new FlowbreakError(
    'ERR_ANONYMISE_KEY',
    `${path} does not contain a key of 64 hexadecimal digits: make one with "openssl rand -hex 32".`,
  )
}

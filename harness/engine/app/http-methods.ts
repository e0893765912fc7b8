import { isWord } from './characters.ts'

/** Methods that identify a stream as HTTP, and a request as opposed to a continued body (RFC 9110, 5789, 4918, 3253). */
export const METHODS: readonly string[] = [
  'get',
  'put',
  'post',
  'head',
  'trace',
  'options',
  'connect',
  'delete',
  'patch',
  'propfind',
  'proppatch',
  'mkcol',
  'copy',
  'move',
  'lock',
  'unlock',
  'checkout',
  'uncheckout',
  'checkin',
  'update',
  'label',
  'report',
  'mkworkspace',
  'mkactivity',
  'merge',
  'invalid',
  'version-control',
  'baseline-control',
]

/** Whether `bytes[from … to-1]` is exactly a method, in upper case. */
export function isMethod(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    if (byte >= 97 && byte <= 122) return false
  }
  return METHODS.some((method) => isWord(bytes, from, to, method))
}

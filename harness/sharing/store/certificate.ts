import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Longer than any run. */
const DAYS = '30'
const LIMIT_MS = 20_000

/** Makes a self-signed certificate for 127.0.0.1, and its key, as `cert.pem` and `key.pem` in a folder; returns the certificate. */
export async function makeCertificate(folder: string): Promise<string> {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const args = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', DAYS, '-subj', '/CN=flowbreak'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1'],
  ]
  await promisify(execFile)('openssl', args, { timeout: LIMIT_MS })
  return readFile(cert, 'utf8')
}

import { join } from 'node:path'
import { curl, serveNginx } from './http.ts'
import type { Recording } from './recording.ts'

export const tls: readonly Recording[] = [
  {
    name: 'tls13-get',
    title: 'One small GET inside TLS 1.3, with a self-signed certificate made for the recording',
    programs: ['nginx', 'curl', 'openssl'],
    server: async (lab) => {
      const [key, certificate] = [join(lab.dir, 'key.pem'), join(lab.dir, 'certificate.pem')]
      // RSA: its signatures are of one length, so that the records are too.
      const algorithm = ['-newkey', 'rsa:2048', '-nodes', '-set_serial', '1', '-subj', '/CN=server.example']
      await lab.in('server')`openssl req -x509 ${algorithm} -keyout ${key} -out ${certificate}`
      const settings = `ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3;`
      await serveNginx(lab, '443 ssl', settings)
    },
    client: (lab) => curl(lab, ['--insecure', '--http1.1', '--tlsv1.3'], ['/'], `https://${lab.host}`),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tls.handshake.type == 2': 1, 'tls.record.opaque_type == 23': 4 },
    },
    varies: ['tls randoms, keys and certificate', 'everything encrypted'],
  },
]

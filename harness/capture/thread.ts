import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Whether these are the sources, which Node cannot run without help. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')

/** Starts the module of that name beside this one as a thread, in the sources and in what is built of them. */
export function startThread(name: string, options: WorkerOptions): Worker {
  const file = new URL(`./${name}.${FROM_SOURCES ? 'ts' : 'js'}`, import.meta.url)
  return new Worker(file, FROM_SOURCES ? { ...options, execArgv: ['--import', typeScript()] } : options)
}

/** A module that lets a thread load TypeScript: loaders of the main thread are not there. */
function typeScript(): string {
  const common = createRequire(import.meta.url).resolve('tsx/esm/api')
  const tsx = pathToFileURL(common.replace(/\.cjs$/, '.mjs')).href
  return `data:text/javascript,import { register } from ${JSON.stringify(tsx)}; register()`
}

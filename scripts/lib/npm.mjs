import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { run } from './child.mjs'

/**
 * Runs npm: the very one that runs this script, when one does.
 * @param {string} root
 * @param {readonly string[]} args
 */
export function npm(root, args) {
  const own = process.env.npm_execpath ?? ''
  const env = { ...process.env, ...nodeHeaders(process.execPath) }
  return basename(own) === 'npm-cli.js'
    ? run(process.execPath, [own, ...args], { cwd: root, env })
    : run('npm', args, { cwd: root, env })
}

/**
 * The setting that lets node-gyp build with the headers that came with this Node, so that it downloads none; empty when none came.
 * @param {string} node path of Node's executable
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ npm_config_nodedir?: string }}
 */
export function nodeHeaders(node, env = process.env) {
  const prefix = dirname(dirname(node))
  const here = env.npm_config_nodedir === undefined && existsSync(join(prefix, 'include/node/node.h'))
  return here ? { npm_config_nodedir: prefix } : {}
}

#!/usr/bin/env node
// The `velro` command. Plain JavaScript that Node 20 can read: it finds a Node that can run the rest, which is the
// TypeScript sources in a checkout and the built files in the published package.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundledNode, isRecentEnough, MINIMUM } from './node-runtime.mjs';

const sources = new URL('../src/cli/main.ts', import.meta.url);
const isCheckout = existsSync(sources);

if (isCheckout) {
  const { setup } = await import('../scripts/setup.mjs');
  if (!setup({ tools: false })) process.exit(1);
}

// npm runs a command in a shell, and a shell that is told to end does not tell what it runs; the launcher below may be killed
// outright. In both cases a server would stay behind and keep its port.
const { npm_lifecycle_event: npmScript, VELRO_LAUNCHER: launcher } = process.env;
delete process.env.VELRO_LAUNCHER;
if ((npmScript ?? launcher) !== undefined && process.platform !== 'win32') endWithParent();

if (isRecentEnough(process.version)) {
  // Not in the folder for temporary files, where somebody else might have put code under the expected name.
  module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
  await import(isCheckout ? sources.href : new URL('../dist/cli/main.js', import.meta.url).href);
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(`velro: needs Node ${MINIMUM} or later; this is ${process.version}\n`);
    process.exit(1);
  }
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  if (process.execve) {
    process.removeAllListeners('warning'); // execve is experimental and would say so to every user
    process.execve(node, [node, ...args]);
  } else {
    runAsChild(node, args);
  }
}

function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

/** Runs the command in a child and ends as it ends. @param {string} node @param {string[]} args */
function runAsChild(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: { ...process.env, VELRO_LAUNCHER: 'velro' } });
  // A terminal sends Ctrl-C to the child as well; passed on, it would arrive twice and read as impatience.
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => hasTerminal || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`velro: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { ROOT } from '../../support/project-files.ts';
import { redisBinary } from '../../support/redis-binaries.ts';
import { RedisConnection } from '../../support/redis-connection.ts';
import { type RedisServer, startRedis, startRedisCluster } from '../../support/redis-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const INSTALLING = 300_000;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a Redis of the tests', function () {
  this.timeout(INSTALLING);

  describe('of one suite', () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis({ password: 'a "b" %', settings: { maxmemory: '8mb' } });
    });
    after(() => server.stop());

    it('has the settings that were asked for, and writes nothing to disk', async () => {
      const about = (await server.run(
        'config',
        'get',
        'maxmemory',
        'save',
        'appendonly',
      )) as readonly Buffer[];
      expect(about.map(String).join(' ')).to.contain('maxmemory 8388608');
      expect(about.map(String).join(' ')).to.contain('appendonly no');
    });

    it('wants its password, which its address holds', async () => {
      expect(decodeURIComponent(new URL(server.url).password)).to.equal('a "b" %');
      const stranger = await RedisConnection.open(server.port, undefined);
      const refusal = await stranger.send('ping').catch((error: Error) => error.message);
      stranger.close();
      expect(refusal).to.contain('NOAUTH');
    });

    it('answers with what is stored, byte by byte', async () => {
      const bytes = Buffer.from([0, 13, 10, 255, 36]);
      await server.run('set', 'bytes', bytes);
      expect(await server.run('get', 'bytes')).to.deep.equal(bytes);
      expect(await server.run('get', 'nothing')).to.equal(null);
      expect(await server.run('mget', 'bytes', 'nothing')).to.deep.equal([bytes, null]);
      const failure = await server.run('incr', 'bytes').catch((error: Error) => error.message);
      expect(failure).to.contain('not an integer');
    });

    it('can be killed and started again on its port, and then has nothing', async () => {
      await server.run('set', 'here', 1);
      const before = server.pid;
      await server.kill();
      expect(isAlive(before)).to.equal(false);
      const failure = await server.run('ping').catch(() => 'nobody');
      expect(failure).to.equal('nobody');
      await server.restart();
      expect(await server.run('get', 'here')).to.equal(null);
    });

    it('can be paused, and then answers nobody', async () => {
      server.pause();
      let answered = false;
      const answer = server.text('ping').then((said) => {
        answered = true;
        return said;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(answered).to.equal(false);
      server.resume();
      expect(await answer).to.equal('PONG');
    });
  });

  it('is gone when it is stopped, even where it was paused', async () => {
    const server = await startRedis();
    const { pid } = server;
    server.pause();
    await server.stop();
    expect(isAlive(pid)).to.equal(false);
  });

  it('is gone when the process that started it is killed', async () => {
    const child = spawn(process.execPath, ['test/support/redis-child.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).to.equal(true);
    child.kill('SIGKILL');
    await eventually('it is gone', () => !isAlive(pid));
  });

  it('can be three that share their slots', async () => {
    const cluster = await startRedisCluster({ password: 'secret' });
    try {
      const [first] = cluster.servers as [RedisServer];
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          first.text('set', `k${n}`, n).catch((error: Error) => error.message),
        ),
      );
      expect(answers).to.include('OK');
      for (const port of cluster.servers.slice(1).map((server) => server.port))
        expect(answers.some((answer) => answer.includes(`MOVED`) && answer.endsWith(`:${port}`))).to.equal(
          true,
        );
    } finally {
      await cluster.stop();
    }
  });

  describe('is found', () => {
    const folder = temporaryFolder();
    const program = (name: string, text: string): string => {
      const path = join(folder.path, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, 0o755);
      return path;
    };

    it('where REDIS_SERVER says, and nowhere else', () => {
      const given = program('mine', '');
      expect(redisBinary({ environment: { REDIS_SERVER: given } })).to.equal(given);
      expect(() => redisBinary({ environment: { REDIS_SERVER: `${given}-not` } })).to.throw('no such file');
    });

    it('on the path', () => {
      const found = program('redis-server', '');
      expect(redisBinary({ environment: { PATH: `/nowhere:${folder.path}` } })).to.equal(found);
    });

    it('after it was installed, once what is known of the mirror is new', () => {
      const made = join(folder.path, 'redis-server');
      // Knows the package only after an update, as a fresh container does.
      program(
        'apt-get',
        `case " $* " in
          *" update "*) : >'${folder.path}/updated' ;;
          *" install --yes "*" redis-server "*) : <'${folder.path}/updated' && : >'${made}' ;;
        esac`,
      );
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      expect(redisBinary({ environment: { PATH: folder.path }, isRoot: true, say })).to.equal(made);
      expect(said).to.have.length(1);
      expect(said[0]).to.contain('installing');
    });

    it('by nobody who may not install it, and the failure says what would help', () => {
      program('apt-get', 'echo no such package >&2; exit 100');
      const environment = { PATH: folder.path };
      expect(() => redisBinary({ environment, isRoot: false })).to.throw('apt-get install redis-server');
      expect(() => redisBinary({ environment, isRoot: true, say: () => {} })).to.throw(
        /REDIS_SERVER[^]*no such package/,
      );
    });
  });
});

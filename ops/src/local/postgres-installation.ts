import { ensureInstalled } from './debian-package.ts';
import { installedPostgres, postgresPrograms, type ServerAccount } from './postgres-binaries.ts';

/** Where root keeps what the system account must reach when the checkout lies under a closed folder. */
export const rootsFolder = '/var/lib/maxai';

/** One PostgreSQL that can be had on this machine. */
export type PostgresInstallation = {
  readonly majorVersion: number;
  /** The folder with `initdb` and `postgres`, made available first; throws `LocalServerError` when it cannot be. */
  readonly programs: (account: ServerAccount) => string;
  /** What `initdb` is told so that text sorts by code point and case follows Unicode. */
  readonly locale: readonly string[];
};

/** The npm package's: nothing to install, but without the programs that copy a running server. */
export const embeddedPostgres: PostgresInstallation = {
  majorVersion: 18,
  programs: (account) => postgresPrograms(account, rootsFolder, installedPostgres()),
  locale: ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
};

const debianPrograms = '/usr/lib/postgresql/15/bin';

/** Debian 12's, which Debian's pgBackRest knows. */
export const debianPostgres: PostgresInstallation = {
  majorVersion: 15,
  programs: () => {
    ensureInstalled({
      product: 'PostgreSQL 15',
      program: `${debianPrograms}/postgres`,
      packages: ['postgresql-15'],
    });
    return debianPrograms;
  },
  locale: ['--locale=C.UTF-8'],
};

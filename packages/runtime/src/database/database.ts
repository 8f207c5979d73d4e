import {
  CompiledQuery,
  DefaultQueryExecutor,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  PostgresQueryCompiler,
  Transaction,
  type DatabaseConnection,
  type Driver,
  type QueryExecutorProvider,
  type QueryResult,
  type RawBuilder,
} from 'kysely';
import { Pool, escapeLiteral, types, type CustomTypesConfig } from 'pg';
import type { Metrics } from '../telemetry/index.ts';
import { replaceQuery } from './client-query.ts';
import { commitError, isUnanswered, toAppError } from './database-errors.ts';
import { createStatementNames } from './kept-statements.ts';

export type DatabaseOptions = {
  readonly url: string;
  readonly poolMax: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** How long a statement may stay unanswered, by a server or a network that says nothing; 20 s when absent. */
  readonly queryTimeoutMs?: number;
  readonly metrics?: Pick<Metrics, 'databasePool'>;
};

/** A query of the builder's, or a raw one. */
export type Readable<Row> = { compile(tx: QueryExecutorProvider): CompiledQuery<Row> };

export type Database<DB> = {
  /** One transaction that sees and writes the rows of `tenantId` only. */
  tenant<T>(tenantId: string, work: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
  /** One statement that reads rows of `tenantId` only, in a transaction of its own: one round trip instead of two. */
  read<Row>(tenantId: string, query: (tx: Transaction<DB>) => Readable<Row>): Promise<Row[]>;
  /** One transaction without a scope: it sees no tenant's row and may call the schema's narrow functions. */
  platform<T>(work: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
  /**
   * As `platform`, for what only holds a lock while it looks, or is done again when it was lost: its commit waits for no
   * disk, so a crash of the server within a second of it undoes it.
   */
  fleeting<T>(work: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
  /** One statement in a transaction of its own, without a scope: one round trip instead of three. */
  statement<Row>(query: RawBuilder<Row>): Promise<QueryResult<Row>>;
  /** Throws `service_unavailable` or `outcome_unknown` while Postgres cannot answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

const parsers: CustomTypesConfig = {
  getTypeParser: (id, format) => {
    if (id === types.builtins.INT8) return BigInt;
    if (id === types.builtins.DATE) return String;
    return types.getTypeParser(id, format);
  },
};

function report(pool: Pool, gauge: Metrics['databasePool']): void {
  gauge.ask(() => [
    { labels: { state: 'idle' }, value: pool.idleCount },
    { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
    { labels: { state: 'waiting' }, value: pool.waitingCount },
  ]);
}

/**
 * A pool of connections under the service's app role. Every piece of work is one transaction and is
 * never repeated here. A lost connection, a full pool and a timeout surface as `service_unavailable`, and as
 * `outcome_unknown` when nobody knows whether the work was committed.
 */
export function createDatabase<DB>(options: DatabaseOptions): Database<DB> {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    pipeline: true,
    types: parsers,
  });
  // Without listeners a lost connection would end the process. The pool drops an idle one; the work that
  // holds a busy one sees its statement fail.
  pool.on('error', () => undefined);
  const nameOf = createStatementNames();
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    replaceQuery(client, { nameOf, timeoutMs: options.queryTimeoutMs ?? 20_000 });
  });
  if (options.metrics) report(pool, options.metrics.databasePool);

  const dialect = new PostgresDialect({ pool });
  const driver: Driver = new PostgresDriver({ pool });
  const initialised = driver.init();
  const compiler = new PostgresQueryCompiler();
  const adapter = new PostgresAdapter();

  function bindTo(connection: DatabaseConnection): Transaction<DB> {
    const executor = new DefaultQueryExecutor(compiler, adapter, {
      provideConnection: (consumer) => consumer(connection),
    });
    return new Transaction<DB>({ config: { dialect }, dialect, driver, executor });
  }

  async function withConnection<T>(
    work: (connection: DatabaseConnection) => Promise<T>,
  ): Promise<T> {
    try {
      await initialised;
      const connection = await driver.acquireConnection();
      try {
        return await work(connection);
      } finally {
        await driver.releaseConnection(connection);
      }
    } catch (error) {
      throw toAppError(error);
    }
  }

  function run<T>(begin: string, work: (tx: Transaction<DB>) => Promise<T>): Promise<T> {
    return withConnection(async (connection) => {
      try {
        // Sent together with the first statement. Should it fail, that one does too: its transaction is aborted.
        const begun = connection.executeQuery(CompiledQuery.raw(begin));
        const [result] = await Promise.all([work(bindTo(connection)), begun]);
        await driver.commitTransaction(connection).catch((error: unknown) => {
          throw commitError(error);
        });
        return result;
      } catch (error) {
        // The driver discards a connection that cannot roll back; the first failure is the one to report.
        await driver.rollbackTransaction(connection).catch(() => undefined);
        throw error;
      }
    });
  }

  const tenantScope = (tenantId: string) =>
    `begin; set local app.tenant_id = ${escapeLiteral(tenantId)}`;

  return {
    read: <Row>(tenantId: string, query: (tx: Transaction<DB>) => Readable<Row>) =>
      withConnection(async (connection) => {
        const tx = bindTo(connection);
        const compiled = query(tx).compile(tx);
        try {
          // Sent together. A statement that fails makes the commit a rollback, and is the first to reject.
          const [, { rows }] = await Promise.all([
            connection.executeQuery(CompiledQuery.raw(tenantScope(tenantId))),
            connection.executeQuery<Row>(compiled),
            driver.commitTransaction(connection),
          ]);
          return rows;
        } catch (error) {
          await driver.rollbackTransaction(connection).catch(() => undefined);
          throw error;
        }
      }),
    statement: (query) =>
      withConnection(async (connection) => {
        try {
          return await query.execute(bindTo(connection));
        } catch (error) {
          // A connection that still waits for its answer must not go back to the pool.
          if (isUnanswered(error)) {
            await driver.rollbackTransaction(connection).catch(() => undefined);
          }
          throw error;
        }
      }),
    tenant: (tenantId, work) => run(tenantScope(tenantId), work),
    platform: (work) => run('begin', work),
    fleeting: (work) => run('begin; set local synchronous_commit = off', work),
    ping: () => run('begin read only', async () => undefined),
    close: () => pool.end(),
  };
}

import schemaWasm from '@prisma/prisma-schema-wasm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedFile } from './generated-file.ts';

type Field = {
  readonly name: string;
  readonly dbName?: string;
  readonly kind: 'scalar' | 'enum' | 'object' | 'unsupported';
  readonly type: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly hasDefaultValue: boolean;
  readonly nativeType: readonly [string, readonly string[]] | null;
};
type Model = {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly Field[];
};
type Enum = { readonly name: string; readonly values: readonly { readonly name: string }[] };
type Document = {
  readonly datamodel: { readonly models: readonly Model[]; readonly enums: readonly Enum[] };
};

/** What `@maxai/runtime/database` reads each type as. */
const scalarTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Boolean: 'boolean',
  Int: 'number',
  Float: 'number',
  BigInt: 'bigint',
  Decimal: 'string',
  DateTime: 'Date',
  Json: 'unknown',
  Bytes: 'Buffer',
};

const header = `// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;
`;

function columnType(field: Field): string {
  const isDay = field.nativeType?.[0] === 'Date';
  // A type that is no scalar is an enum, declared in the same file under its own name.
  const base = isDay ? 'string' : (scalarTypes[field.type] ?? field.type);
  const listed = field.isList ? `${base}[]` : base;
  const isInstant = base === 'Date' && !field.isList && !field.hasDefaultValue;
  if (isInstant) return field.isRequired ? 'Timestamp' : 'Timestamp | null';
  const value = field.isRequired || base === 'unknown' ? listed : `${listed} | null`;
  return field.hasDefaultValue ? `Defaulted<${value}>` : value;
}

function table(model: Model): string {
  const columns = model.fields
    .filter(({ kind }) => kind !== 'object')
    .map((field) => `  ${field.dbName ?? field.name}: ${columnType(field)};`);
  return `export type ${model.name} = {\n${columns.join('\n')}\n};\n`;
}

/** Kysely's types of the tables that a Prisma schema describes. */
export function renderDatabaseTypes(schemaFile: string): string {
  const prismaSchema = [[schemaFile, readFileSync(schemaFile, 'utf8')]];
  // The package answers with Prisma's documented DMMF as text.
  const { datamodel } = JSON.parse(
    schemaWasm.get_dmmf(JSON.stringify({ prismaSchema, noColor: true })),
  ) as Document;
  const enums = datamodel.enums.map(
    ({ name, values }) =>
      `export type ${name} = ${values.map((value) => `'${value.name}'`).join(' | ')};\n`,
  );
  const tables = datamodel.models.map(table);
  const names = datamodel.models.map((model) => `  ${model.dbName ?? model.name}: ${model.name};`);
  const body = [...enums, ...tables, `export type DB = {\n${names.join('\n')}\n};\n`].join('\n');
  return `${header}\n${body}`;
}

/** `src/generated/database.ts` of every service that has a database. */
export function databaseTypes(root: string): GeneratedFile[] {
  return readdirSync(join(root, 'services')).flatMap((service) => {
    const schemaFile = join(root, 'services', service, 'db/schema.prisma');
    if (!existsSync(schemaFile)) return [];
    const path = `services/${service}/src/generated/database.ts`;
    return [{ path, content: renderDatabaseTypes(schemaFile) }];
  });
}

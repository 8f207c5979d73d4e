import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { databaseTypes } from './database-types.ts';
import { regenerate } from './generated-file.ts';
import { generators } from './generators.ts';
import { leftoverManifests } from './kubernetes-manifests.ts';
import { manifestGenerators } from './manifest-generators.ts';

const path = 'services/shop/src/generated/database.ts';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'generate-'));
  mkdirSync(join(root, 'services/shop/db'), { recursive: true });
  mkdirSync(join(root, 'services/no-database'), { recursive: true });
  writeFileSync(
    join(root, 'services/shop/db/schema.prisma'),
    `datasource db {
      provider = "postgresql"
    }
    enum Colour {
      red
      green
    }
    model Shop {
      id       String    @id
      openedOn DateTime? @map("opened_on") @db.Date
      items    Item[]
      @@map("shop")
    }
    model Item {
      id       BigInt    @id @default(autoincrement())
      shopId   String    @map("shop_id")
      shop     Shop      @relation(fields: [shopId], references: [id])
      price    Decimal?
      colour   Colour
      tags     String[]
      extra    Json?
      image    Bytes
      sold     Boolean   @default(false)
      rank     Int
      weight   Float
      soldAt   DateTime? @map("sold_at") @db.Timestamptz(3)
      madeAt   DateTime  @map("made_at") @db.Timestamptz(3)
      seenAt   DateTime  @default(now()) @map("seen_at") @db.Timestamptz(3)
    }`,
  );
});

afterEach(() => rmSync(root, { recursive: true }));

it('types every column as the database runtime reads it', () => {
  const [file] = databaseTypes(root);
  expect(file?.path).toBe(path);
  expect(file?.content).toContain(`export type Colour = 'red' | 'green';

export type Shop = {
  id: string;
  opened_on: string | null;
};

export type Item = {
  id: Defaulted<bigint>;
  shop_id: string;
  price: string | null;
  colour: Colour;
  tags: string[];
  extra: unknown;
  image: Buffer;
  sold: Defaulted<boolean>;
  rank: number;
  weight: number;
  sold_at: Timestamp | null;
  made_at: Timestamp;
  seen_at: Defaulted<Date>;
};

export type DB = {
  shop: Shop;
  Item: Item;
};
`);
});

it('names what is missing or stale without touching it, and writes it when asked to', async () => {
  expect(await regenerate(root, [databaseTypes], false)).toEqual([path]);
  expect(await regenerate(root, [databaseTypes], true)).toEqual([path]);
  expect(await regenerate(root, [databaseTypes], false)).toEqual([]);
  writeFileSync(join(root, path), 'edited by hand');
  expect(await regenerate(root, [databaseTypes], false)).toEqual([path]);
  expect(readFileSync(join(root, path), 'utf8')).toBe('edited by hand');
});

it('takes away what must not be there any more', async () => {
  const manifest = 'topology/rendered/production/gke/prod-services/gone.yaml';
  mkdirSync(dirname(join(root, manifest)), { recursive: true });
  writeFileSync(join(root, manifest), 'kind: Service');
  const gone = () => leftoverManifests(root, []);
  expect(await regenerate(root, [gone], false)).toEqual([manifest]);
  expect(await regenerate(root, [gone], true)).toEqual([manifest]);
  expect(existsSync(join(root, manifest))).toBe(false);
  expect(await regenerate(root, [gone], false)).toEqual([]);
});

it('keeps no list of what is left over where nothing was ever rendered', () => {
  expect(leftoverManifests(root, [])).toEqual([]);
});

it('the repository generates its database types, client routes and deployment document', async () => {
  const repository = join(import.meta.dirname, '../../..');
  const files = (
    await Promise.all(generators.map(async (generate) => generate(repository)))
  ).flat();
  expect(files.map((file) => file.path)).toEqual(
    expect.arrayContaining([
      'services/iam/src/generated/database.ts',
      'packages/api-client/src/generated/routes.ts',
      'docs/deployment.md',
    ]),
  );
  const manifests = await Promise.all(manifestGenerators.map(async (one) => one(repository)));
  const isManifest = ({ path: of }: { path: string }) => of.startsWith('topology/rendered/');
  expect(manifests.flat().filter(isManifest)).toEqual(
    expect.arrayContaining(files.filter(isManifest)),
  );
  expect(files.filter(({ content }) => content?.endsWith('\n') !== true)).toEqual([]);
});

import { startFixtureApi, type FixtureApi } from '@maxai/api-client/testing';
import { cleanup, configure, render, screen } from '@testing-library/react';
import { PathnameContext } from 'next/dist/shared/lib/hooks-client-context.shared-runtime.js';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, vi } from 'vitest';
import Layout from '../src/app/(portal)/layout.tsx';

// Conditions are waited for, never times: a busy machine may take long.
configure({ asyncUtilTimeout: 15_000 });

/** The portal in a browser whose origin is a contract-checked API. */
export type Portal = {
  api: FixtureApi;
  /** Where full navigations went. */
  visited: string[];
  /** Renders a page inside the frame. */
  show: (page: ReactElement | Promise<ReactElement>) => Promise<void>;
  /** Shows a page and waits for its title. */
  open: (
    page: ReactElement | Promise<ReactElement>,
    title: string | RegExp,
  ) => Promise<HTMLElement>;
};

export function usePortal(): Portal {
  const portal: Portal = {
    api: undefined as never, // set before each test
    visited: [],
    show: async (page) => {
      render(
        <PathnameContext value="/calls">
          <Layout>{await page}</Layout>
        </PathnameContext>,
      );
    },
    open: async (page, title) => {
      await portal.show(page);
      return screen.findByRole('heading', { level: 1, name: title });
    },
  };
  beforeEach(async () => {
    portal.api = await startFixtureApi();
    portal.visited = [];
    // The test environment lets a test say where the browser is.
    (window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL(
      `${portal.api.url}/calls?x=1`,
    );
    vi.spyOn(window.location, 'assign').mockImplementation((url) => {
      portal.visited.push(String(url));
    });
  });
  afterEach(async () => {
    cleanup();
    vi.restoreAllMocks();
    await portal.api.close();
  });
  return portal;
}

/** A page's props, as the router gives them. */
export const withParams = <P,>(params: P) => ({ params: Promise.resolve(params) });
export const withSearch = <S,>(search: S) => ({ searchParams: Promise.resolve(search) });

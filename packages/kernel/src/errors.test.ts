import { describe, expect, it } from 'vitest';
import { AppError, errorCatalogue, notFound } from './errors.ts';

describe('AppError', () => {
  it('carries the public sentence apart from the cause', () => {
    const cause = new Error('password=hunter2');
    const error = new AppError('conflict', { detail: 'archive it first', cause });
    expect(error).toMatchObject({ code: 'conflict', status: 409, detail: 'archive it first' });
    expect(error.message).toBe('The resource is not in a state that allows this: archive it first');
    expect(error.message).not.toContain('hunter2');
  });

  it('says the same of everything that is not there', () => {
    expect(notFound()).toMatchObject({ status: 404, message: 'There is no such resource' });
  });

  it('has an HTTP error status for every code', () => {
    for (const [status] of Object.values(errorCatalogue)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});
